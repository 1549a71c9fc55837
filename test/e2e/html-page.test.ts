import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { reportHtml, type Told } from "../../src/report/html/page.ts";
import { refusedReport } from "../../src/report/refused.ts";
import type { Report } from "../../src/report/report.ts";
import { launchChromium, noChromium, type OpenedPage, open } from "../support/chromium.ts";
import { testUnless } from "../support/privileges.ts";
import { emptyDirectories } from "../support/tree.ts";
import { exampleReport, hostileNames, project } from "../unit/report/example.ts";
import { pastOf, reportOfMany } from "../unit/report/html/reports.ts";

const emptyDirectory = emptyDirectories();
const testInBrowser = testUnless(noChromium);
let browser: Browser | undefined;
beforeAll(async () => {
  if (noChromium === undefined) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Writes reports as a page and opens it. */
function opened(told: readonly Told[], options: Parameters<typeof open>[2] = {}): Promise<OpenedPage> {
  if (browser === undefined) throw new Error("no browser");
  const file = join(emptyDirectory(), "report.html");
  writeFileSync(file, reportHtml(told));
  return open(browser, file, options);
}

const alone = (report: Report): Told[] => [{ report, past: [] }];
const refused = refusedReport({
  problems: ['source "/data" does not exist'],
  ...{ source: "/data", destination: "/backup", startedAt: new Date(0), endedAt: new Date(50) },
  ...{ runId: "1", dailysyncVersion: "1.0.0", dryRun: false, url: undefined },
});
const cancelled = exampleReport({
  result: "cancelled",
  projects: [project({ state: "unfinished" }), project({ name: "beta" })],
  attempts: [
    {
      ...{ shard: 0, lane: 0, startedAtSeconds: 42, endedAtSeconds: 50 },
      ...{ exitCode: undefined, bytesTransferred: 5 },
    },
  ],
});
const dryRun = exampleReport({
  run: { ...exampleReport().run, dryRun: true },
  wouldChange: { changes: [">f+++++++++ alpha/one"], changesTotal: 1 },
});

describe("report.html in a browser", () => {
  const reports: readonly (readonly [string, Report])[] = [
    ["of one project", reportOfMany(1)],
    ["of 7 projects", reportOfMany(7, 40)],
    ["of 300 projects", reportOfMany(300)],
    ["of 5,000 projects and 30,000 rsyncs", reportOfMany(5000, 30_000)],
    ["of a refused run", refused],
    ["of a cancelled run", cancelled],
    ["of a dry run", dryRun],
    ["of a run that nothing was measured of", exampleReport({ resources: undefined, diagnosis: undefined })],
  ];
  for (const [what, report] of reports)
    for (const colorScheme of ["light", "dark"] as const)
      testInBrowser(`${what}, ${colorScheme}: no error, no network, no wider than a phone`, async () => {
        const options = { colorScheme, viewport: { width: 360, height: 740 } };
        const { page, errors, requests } = await opened([{ report, past: pastOf(30) }], options);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
        expect(await page.locator("h2").count()).toBe(1);
        expect(await page.locator("[data-chart=lanes] canvas").count()).toBe(report.attempts.length > 0 ? 1 : 0);
        await page.pdf({ format: "A4" });
        expect([errors, requests]).toEqual([[], []]);
        await page.close();
      });

  testInBrowser("names are text, whatever is in them", async () => {
    const names = [
      ...hostileNames,
      "</script><img src=x onerror=alert(1)>",
      "\u202eabc",
      "🎉",
      "é".repeat(127),
      "b\\#377",
    ];
    const projects = names.map((name) =>
      project({ name, state: "failed", problems: [{ exitCode: 23, meaning: name, lines: [name] }] }),
    );
    const report = exampleReport({
      projects,
      result: "failure",
      reasons: names,
      notices: names,
      source: names[4] ?? "",
    });
    const { page, errors, requests } = await opened(alone({ ...report, vanishedProjects: names }));
    await page.locator("[data-chart=lanes] + details summary").click();
    expect(await page.locator("img, article script, article a").count()).toBe(0);
    const cells = await page.locator("table[data-projects] tbody th").allTextContents();
    expect(cells).toHaveLength(names.length);
    expect(cells).toContain("</script><img src=x onerror=alert(1)>");
    expect(cells).toContain("\\u202eabc");
    expect([errors, requests]).toEqual([[], []]);
    await page.close();
  });

  testInBrowser("the table of projects is sorted by its buttons and searched by its field", async () => {
    const { page } = await opened(alone(reportOfMany(5000)));
    const first = () => page.locator("table[data-projects] tbody th").first().textContent();
    const heading = page.locator("table[data-projects] thead th").first();
    await heading.getByRole("button").press("Enter");
    expect(await heading.getAttribute("aria-sort")).toBe("ascending");
    expect(await first()).toBe("team-0/project-0");
    await heading.getByRole("button").click();
    expect([await heading.getAttribute("aria-sort"), await first()]).toEqual(["descending", "team-16/project-4997"]);
    await page.getByLabel("Search in names and states").fill("project-4321");
    expect(await page.locator("table[data-projects] tbody tr").count()).toBe(1);
    await page.getByLabel("Search in names and states").fill("");
    expect(await page.locator("table[data-projects] tbody tr").count()).toBe(200);
    await page.getByRole("button", { name: "Show more projects" }).click();
    expect(await page.locator("table[data-projects] tbody tr").count()).toBe(1200);
    await page.close();
  });

  testInBrowser("the charts zoom by keys and buttons", async () => {
    const { page, errors } = await opened(alone(reportOfMany(7, 40)));
    const lanes = page.locator("[data-chart=lanes]");
    const picture = () => page.evaluate<string>("document.querySelector('[data-chart=lanes] canvas').toDataURL()");
    const whole = await picture();
    await lanes.focus();
    await page.keyboard.press("+");
    const near = await picture();
    await page.keyboard.press("ArrowRight");
    const right = await picture();
    await page.getByRole("button", { name: "Whole run" }).click();
    expect(new Set([whole, near, right]).size).toBe(3);
    expect(await picture()).toBe(whole);
    expect(errors).toEqual([]);
    await page.close();
  });

  testInBrowser("of several, one is seen, the last one first, and each can be chosen", async () => {
    const { page, errors } = await opened([...alone(refused), ...alone(exampleReport())]);
    const shown = () => page.locator("article:visible h2").allTextContents();
    expect(await shown()).toEqual([expect.stringContaining("Backup complete")]);
    await page.getByRole("combobox").selectOption("1");
    expect(await shown()).toEqual([expect.stringContaining("Backup refused")]);
    expect(errors).toEqual([]);
    await page.close();
  });

  testInBrowser("without scripts all of them are told, with their projects", async () => {
    const told = [...alone(refused), ...alone(reportOfMany(300))];
    const { page } = await opened(told, { javaScriptEnabled: false });
    expect(await page.locator("article:visible h2").count()).toBe(2);
    expect(await page.locator("table[data-projects] tbody tr").count()).toBe(200);
    expect(await page.locator("[data-left]").textContent()).toContain("100 quicker projects");
    await page.close();
  });
});

import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { diagram } from "../../../../src/report/summary/diagram.ts";
import { launchChromium, noChromium } from "../../../support/chromium.ts";
import { testUnless } from "../../../support/privileges.ts";
import { diagramsIn, nights } from "./diagrams.ts";

// Mermaid asks for a sanitizer, and that for a browser; what is only parsed is shown to nobody.
jest.unstable_mockModule("dompurify", () => ({
  default: { addHook: () => undefined, sanitize: (text: string) => text },
}));
const { default: mermaid } = await import("mermaid");

const broken = "xychart-beta\n  line [1, NaN]";

describe("Mermaid, in the version that GitHub has,", () => {
  test.each(nights)("reads every diagram of a night of %s", async (_, report) => {
    const read = await Promise.all(diagramsIn(report).map((source) => mermaid.parse(source)));
    expect(read.map(({ diagramType }) => diagramType)).toEqual(["xychart", "xychart", "gantt"]);
  });

  test("refuses what is no diagram", async () => {
    await expect(mermaid.parse(broken)).rejects.toThrow();
  });
});

/** What Mermaid has drawn. */
interface Drawing {
  readonly bars: number;
  readonly failedBars: number;
  readonly lines: number;
}

describe("a browser", () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (noChromium === undefined) browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** Draws all of them, as a page in that theme does, and throws what Mermaid throws. */
  const draw = async (sources: readonly string[], theme: "default" | "dark"): Promise<Drawing[]> => {
    if (browser === undefined) throw new Error("there is no browser");
    const page = await browser.newPage();
    await page.addScriptTag({ path: fileURLToPath(import.meta.resolve("mermaid/dist/mermaid.min.js")) });
    const drawings: Drawing[] = [];
    for (const source of sources)
      drawings.push(
        await page.evaluate<Drawing>(`(async () => {
          mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: ${JSON.stringify(theme)} });
          const { svg } = await mermaid.render("diagram", ${JSON.stringify(source)});
          const drawn = new DOMParser().parseFromString(svg, "text/html");
          const count = (selector) => drawn.querySelectorAll(selector).length;
          return { bars: count("rect.task"), failedBars: count("rect[class*=crit]"), lines: count(".plot path") };
        })()`),
      );
    await page.close();
    return drawings;
  };

  for (const theme of ["default", "dark"] as const)
    for (const [label, report] of nights)
      testUnless(noChromium)(`draws every diagram of a night of ${label} in the ${theme} theme`, async () => {
        const bars = Math.min(40, report.attempts.length);
        const failedBars = report.attempts.filter(({ exitCode }) => exitCode !== 0).slice(0, 20).length;
        expect(await draw(diagramsIn(report), theme)).toEqual([
          { bars: 0, failedBars: 0, lines: 1 },
          { bars: 0, failedBars: 0, lines: 3 },
          { bars, failedBars, lines: 0 },
        ]);
      });

  testUnless(noChromium)("cannot draw what is no diagram", async () => {
    await expect(draw([broken], "default")).rejects.toThrow();
  });
});

describe("a diagram", () => {
  test("of more than the 50,000 characters that GitHub draws is none, and so is one without lines", () => {
    expect(diagram(["gantt", "x".repeat(49_990)])).toMatch(/^```mermaid\ngantt\nx+\n```$/);
    expect(diagram(["gantt", "x".repeat(50_000)])).toBeUndefined();
    expect(diagram([])).toBeUndefined();
  });
});

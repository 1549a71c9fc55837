import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { runCommand } from "../support/command-line.ts";
import { place, removePlaces } from "../support/place.ts";
import { runAction } from "../support/runner.ts";

afterAll(removePlaces);

/** The headlines of a page, in their order. */
const headlines = (page: string): string[] =>
  [...page.matchAll(/<h2 [^>]*>(.*?)<\/h2>/g)].map(([, text = ""]) => text.replace(/<[^>]+>/g, "").trim());

describe("report.html", () => {
  test("lies beside report.json, for its owner alone; the output report-html is its path", async () => {
    const where = place({ "alpha/one": "1", loose: "3" });
    const { outputs } = await runAction({ with: { source: where.source, destination: where.destination } });
    const path = outputs["report-html"] ?? "";
    expect(path).toBe(join(dirname(outputs["report"] ?? ""), "report.html"));
  });

  test("is written by a backup and by one that is refused; dailysync report makes one page of both, the last one first", async () => {
    const where = place({ "alpha/one": "1", loose: "3" });
    const run = (words: readonly string[]) =>
      runCommand(words, { cwd: where.root, env: { XDG_STATE_HOME: join(where.root, "state") } });
    const backUp = (name: string, more: readonly string[]) =>
      run(["--source", where.source, "--destination", where.destination, "--report-dir", name, ...more]);
    expect((await backUp("good", [])).status).toBe(0);
    expect((await backUp("refused", ["--max-delete=many"])).status).toBe(2);
    const page = (name: string) => readFileSync(join(where.root, name, "report.html"), "utf8");
    expect(headlines(page("good"))).toEqual(["✅ Backup complete"]);
    expect(headlines(page("refused"))).toEqual(["❌ Backup refused, nothing was written"]);
    expect(statSync(join(where.root, "good", "report.html")).mode & 0o777).toBe(0o600);
    const from = ["good", "refused"].map((name) => `--from=${name}/report.json`);
    const { status, stdout } = await run(["report", ...from, "--format=html"]);
    expect([status, headlines(stdout)]).toEqual([0, [...headlines(page("refused")), ...headlines(page("good"))]]);
  });
});

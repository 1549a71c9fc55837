import { describe, expect, test } from "@jest/globals";
import { compareWithOneRsync } from "../support/exactness.ts";

/** So many trees; `SEEDS=2000 FIRST_SEED=5000 npm test -- exactness` tries others. */
const count = Number(process.env["SEEDS"] ?? 240);
const first = Number(process.env["FIRST_SEED"] ?? 1);
/** Several at once: each spends most of its time waiting for rsyncs to end. */
const atOnce = 8;
/** Seeds that failed once, with the rule that was wrong. */
const failedOnce: readonly number[] = [
  1086, // an exclude pattern that fits "." kept the root from getting its time
  1193, // the same without delete
  1535, // one rsync -H with incremental recursion hangs here, and so did ours
  3041, // loose files that only the destination had were deleted, but counted for no project
  3286, // the same beside projects
  1252, // the last pass for hard links copied files from below an excluded directory
];

describe("a random tree over a random older destination ends as one rsync leaves it", () => {
  const seeds = [...failedOnce, ...Array.from({ length: count }, (_, index) => first + index)];
  const groups = Array.from({ length: Math.ceil(seeds.length / atOnce) }, (_, index) =>
    seeds.slice(index * atOnce, (index + 1) * atOnce),
  );
  test.each(groups.map((group) => [group.join(", "), group] as const))("seeds %s", async (_title, group) => {
    for (const one of await Promise.all(group.map(compareWithOneRsync))) {
      const told = { seed: one.seed, case: one.case, reasons: one.report.reasons, oracleErrors: one.oracleErrors };
      expect({ ...told, differences: one.differences }).toEqual({ ...told, differences: [] });
      // What one rsync calls complete is a success, and what it does not is none.
      if (one.report.attempts.length > 0)
        expect({ ...told, success: one.report.result === "success" }).toEqual({
          ...told,
          success: one.oracleExit === 0,
        });
      // What was counted before anything was deleted is what one rsync deletes. Under filters it may be more: a dry run
      // does not see that a directory stays because something protected is in it.
      const { deletions, totals } = one.report;
      if (deletions !== undefined && one.oracleExit === 0) {
        const filtered = (one.case.inputs.filter ?? "") + (one.case.inputs.exclude ?? "") !== "";
        const counted = filtered ? Math.min(deletions.pending, one.oracleDeletions) : deletions.pending;
        const expected = { counted: one.oracleDeletions, deleted: one.oracleDeletions };
        expect({ ...told, counted, deleted: totals.filesDeleted }).toEqual({ ...told, ...expected });
      }
    }
  });
});

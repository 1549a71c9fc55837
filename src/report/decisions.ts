import { quoted } from "../inputs/quoted.ts";
import { counted, someOf } from "./format.ts";
import type { Report } from "./report.ts";

/** Names in a sentence; the lists of the report have them all. */
const namedAtOnce = 5;

/** What is as it should be only if a person wants it so, in sentences. */
export function decisions({ notCovered, vanishedProjects }: Report): string[] {
  const { total, paths } = notCovered;
  const vanished = vanishedProjects.length;
  return [
    ...(total === 0
      ? []
      : [
          `Not backed up, because no pattern of projects matches: ${someOf(paths.map(quoted), namedAtOnce, total)}. Add a pattern if it should be.`,
        ]),
    ...(vanished === 0
      ? []
      : [
          `Kept at the destination, though gone from the source: ${counted(vanished, "project")}, ${someOf(vanishedProjects.map(quoted), namedAtOnce)}. If that was on purpose, delete-projects removes what is left of ${vanished === 1 ? "it" : "them"}.`,
        ]),
  ];
}

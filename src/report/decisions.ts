import { quoted } from "../inputs/quoted.ts";
import { count, counted } from "./format.ts";
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
          `Not backed up, because no pattern of projects matches: ${some(paths, total)}. Add a pattern if it should be.`,
        ]),
    ...(vanished === 0
      ? []
      : [
          `Kept at the destination, though gone from the source: ${counted(vanished, "project")}, ${some(vanishedProjects, vanished)}. If that was on purpose, delete-projects removes what is left of ${vanished === 1 ? "it" : "them"}.`,
        ]),
  ];
}

function some(names: readonly string[], total: number): string {
  const shown = names.slice(0, namedAtOnce).map(quoted);
  const left = total - shown.length;
  return left > 0 ? `${shown.join(", ")} and ${count(left)} more` : shown.join(", ");
}

import type { Verification } from "../inputs/inputs.ts";
import { quoted } from "../inputs/quoted.ts";
import { counted } from "../report/format.ts";
import type { PathList } from "../report/report.ts";
import type { Findings } from "./findings.ts";

/** Names in a sentence; the report has more. */
const named = 5;

/** Why what was read back makes a failure of the run: one sentence each. */
export function verificationReasons(
  mode: Verification,
  { counts, failures }: Pick<Findings, "counts" | "failures">,
  notNoted: string | undefined,
): string[] {
  const { mismatches, unreadable, notThere } = counts;
  return [
    ...(mismatches.total > 0
      ? [
          `the contents of ${counted(mismatches.total, "file")} at the destination differ from the source, although size and time agree: ${names(mismatches)}. Look at the storage of both sides (or did a program write without a new time?). Nothing was repaired, and no later run copies them again by itself: to have that done, run once with rsync-args: --checksum`,
        ]
      : []),
    ...(unreadable.total > 0
      ? [
          `${counted(unreadable.total, "path")} could not be read to be compared: ${names(unreadable)}. Look at the storage, or give this account the right to read`,
        ]
      : []),
    ...(mode === "changed" && notThere.total > 0
      ? [
          `${counted(notThere.total, "file")} that this run copied ${are(notThere)} not at the destination any more: ${names(notThere)}. What else deletes there?`,
        ]
      : []),
    ...(failures.first === undefined
      ? []
      : [`${counted(failures.files, "file")} could not be read back: rsync ${failures.first}`]),
    ...(notNoted === undefined
      ? []
      : [
          `not everything that was copied could be read back, as its names could not be noted (${notNoted}): make room in the directory for temporary files`,
        ]),
  ];
}

/** What a person should know beside that. */
export function verificationNotices(
  mode: Verification,
  { changedMeanwhile, notThere, notCompared }: Findings["counts"],
): string[] {
  return [
    ...(changedMeanwhile.total > 0
      ? [
          `${counted(changedMeanwhile.total, "file")} had another size or time than the copy when ${it(changedMeanwhile)} read back: written meanwhile, and copied by the next run`,
        ]
      : []),
    ...(mode !== "changed" && notThere.total > 0
      ? [
          `${counted(notThere.total, "file")} of the source ${notThere.total === 1 ? "was" : "were"} not at the destination when ${it(notThere)} to be read back: new, or part of what failed`,
        ]
      : []),
    ...(mode === "changed" && notCompared > 0
      ? [
          `${counted(notCompared, "file")} that this run copied could not be compared: gone at the source since, or passed over because of rsync-args`,
        ]
      : []),
  ];
}

function names({ paths, total }: PathList): string {
  const shown = paths.slice(0, named).map((path) => quoted(path));
  return total > shown.length ? `${shown.join(", ")} and ${total - shown.length} more` : shown.join(", ");
}

function are({ total }: PathList): string {
  return total === 1 ? "is" : "are";
}

function it({ total }: PathList): string {
  return total === 1 ? "it was" : "they were";
}

import { type BytePath, fromText } from "./byte-path.ts";
import type { Inputs } from "./inputs/inputs.ts";

/** The file in a destination that the run holding it has locked. */
export const lockName = ".dailysync-lock";
/** The file by which a destination is known, unless the input marker names another. */
export const markerName = ".dailysync-destination";

/**
 * Names in the destination itself that are ours: neither copied, from a source that is a destination too, nor deleted, nor
 * counted.
 *
 * @param reallyThere what really holds backup-dir in the destination, where that lies in it by another path than the inputs say
 */
export function ownNames(
  { destination, marker, backupDir }: Pick<Inputs, "destination" | "marker" | "backupDir">,
  reallyThere?: string,
): ReadonlySet<BytePath> {
  const above = `${destination}/`;
  const inDestination = backupDir?.startsWith(above) ? backupDir.slice(above.length).split("/")[0] : undefined;
  const names = [lockName, markerName, marker, inDestination, reallyThere];
  return new Set(names.filter((name) => name !== undefined).map(fromText));
}

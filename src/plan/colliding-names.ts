import { type BytePath, toDisplay } from "../byte-path.ts";
import { quoted } from "../inputs/quoted.ts";
import { counted } from "../report/format.ts";

/**
 * Why not every entry can be backed up to a destination that takes names which differ only in case for one; undefined if each can.
 *
 * @param groups names that would be one there
 * @param passing of some names, those that the filters let pass
 */
export async function collidingNames(
  groups: readonly (readonly BytePath[])[],
  destination: string,
  passing: (names: readonly BytePath[]) => Promise<ReadonlySet<BytePath>>,
): Promise<string | undefined> {
  const copied = await passing(groups.flat());
  const colliding = groups
    .map((group) => group.filter((name) => copied.has(name)).sort())
    .filter(({ length }) => length > 1)
    .sort(([one = ""], [other = ""]) => (one < other ? -1 : 1));
  const [first] = colliding;
  if (first === undefined) return undefined;
  const names = first.map((name) => quoted(toDisplay(name))).join(" and ");
  const more = colliding.length === 1 ? "" : ` (and ${counted(colliding.length - 1, "more such group")})`;
  return `destination ${quoted(destination)} does not tell upper from lower case, so ${names} are one there, and what one of them holds is missing or mixed up${more}: rename all but one, or leave them out with exclude`;
}

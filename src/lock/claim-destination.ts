import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { lockName } from "../own-names.ts";
import { type Claim, type Claimant, claim } from "./claim.ts";

/**
 * Wants a destination, once: the lock file in it, to which every path and every machine leads that leads to the destination; or one in
 * state-dir where none can be made there, as on a full file system.
 *
 * While such a run goes on there may come room for one there. So who has the one in the destination looks for one in state-dir too.
 *
 * @param stale see `claim`
 * @throws RefusedError as `claim` does
 */
export async function claimDestination(
  destination: string,
  stateDir: string,
  claimant: Claimant,
  stale: string | undefined,
): Promise<Claim> {
  const inside = await claim(join(destination, lockName), claimant, stale);
  if (inside.kind !== "taken" && inside.kind !== "impossible") return inside;
  const identity = await stat(destination, { bigint: true }).catch(() => undefined);
  const path = join(stateDir, `lock-${identity?.dev}-${identity?.ino}`);
  if (inside.kind === "impossible") {
    if (identity === undefined) return { kind: "gone" };
    const unmade = await mkdir(stateDir, { recursive: true }).then(() => undefined, messageOf);
    const outside = unmade === undefined ? await claim(path, claimant, stale) : undefined;
    if (outside !== undefined && outside.kind !== "impossible") return outside;
    return { kind: "impossible", reason: `${inside.reason}; ${outside?.reason ?? unmade}` };
  }
  if ((await stat(path).catch(() => undefined)) === undefined) return inside;
  let outside: Claim | undefined;
  try {
    outside = await claim(path, claimant, stale);
  } finally {
    if (outside?.kind !== "taken") await inside.hold.release();
  }
  if (outside.kind !== "taken") return outside;
  const holds = [outside.hold, inside.hold];
  const release = async (): Promise<string | undefined> =>
    (await Promise.all(holds.map((hold) => hold.release()))).find((complaint) => complaint !== undefined);
  return { kind: "taken", hold: { release } };
}

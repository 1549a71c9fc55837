import { mkdir } from "node:fs/promises";
import { type BytePath, byDepth, fromText, join, toBytes } from "../byte-path.ts";
import { codeOf } from "../errors.ts";
import type { Plan } from "../plan/shard.ts";
import type { RsyncSettings } from "../rsync/arguments.ts";
import { statusOf } from "../survey/directory.ts";
import { requestsInFlight, walk } from "../survey/walk.ts";

/**
 * Makes the skeleton's directories, so that no rsync has to be waited for first: open to their owner alone, until the rsync that
 * copies what is in them has given them their owner, mode and time.
 *
 * @returns the plan without its skeleton; or unchanged where not all of them could be made: where something else is in the way,
 * a directory is closed, or arguments say what modes are made, rsync makes them
 */
export async function makeSkeleton(plan: Plan, settings: RsyncSettings, signal: AbortSignal): Promise<Plan> {
  const [first, ...rest] = plan.stages;
  const shard = first?.[0];
  if (shard?.kind !== "skeleton" || settings.dryRun || settings.rsyncArgs.length > 0) return plan;
  const root = fromText(settings.destination);
  let allMade = true;
  const make = async (path: BytePath): Promise<void> => {
    try {
      await mkdir(toBytes(join(root, path)), { mode: 0o700 });
    } catch (error) {
      // A parent that is there already; but through a symbolic link in its place nothing may be made.
      const isThere = codeOf(error) === "EEXIST" && (await statusOf(join(root, path)))?.isDirectory();
      if (!isThere) allMade = false;
    }
  };
  for (const paths of byDepth(shard.names.map(undotted)))
    if (allMade) await walk(paths, make, requestsInFlight, signal);
  return allMade ? { ...plan, stages: rest } : plan;
}

/** `./a/b` → `a/b`. */
function undotted(name: BytePath): BytePath {
  return name.slice("./".length) as BytePath;
}

import type { BytePath } from "../byte-path.ts";
import type { Inputs } from "../inputs/inputs.ts";
import type { Shard } from "../plan/shard.ts";
import type { BackupDir } from "../preflight/backup-dir.ts";
import type { Place } from "../preflight/places.ts";
import type { Prepared } from "../preflight/prepared.ts";
import type { Command, Launcher, RunningProgram } from "../program.ts";
import type { RsyncSettings } from "../rsync/arguments.ts";
import { folderRules } from "../rsync/folder-rules.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Selection } from "../survey/projects.ts";
import type { Versions } from "./versions.ts";

/** Where and with what the rsyncs of a run work. */
export interface Workshop {
  readonly rsync: string;
  readonly launcher: Launcher;
  /** A directory of this run alone, for the lists of names. */
  readonly directory: string;
  /** Ends the questions that rsync is asked. */
  readonly signal: AbortSignal;
  /** The rules of the folders on the way to the projects; see folderRules. */
  readonly folderRules: readonly BytePath[];
  readonly settings: RsyncSettings;
  /** Names in the destination itself that are ours; see ownNames. */
  readonly ours: ReadonlySet<BytePath>;
  /** Where what is deleted or replaced goes. */
  readonly backupDir?: BackupDir | undefined;
  /** The directories in it of this run; undefined where nothing can be replaced, or all is a rehearsal. */
  readonly versions?: Versions | undefined;
  /** What must stay the same directory while rsyncs run: the source, mounts below it, and the destination. */
  readonly places?: readonly Place[];
  /** Told of every rsync that copies, by a function that gives its process id; returns what is called when it has ended. */
  readonly watch?: (pid: () => number | undefined) => () => void;
  /** Told of every rsync's arguments and raw output lines; for debugging. */
  readonly onDebug?: (shard: Shard, line: string) => void;
  /** Starts a process; a test may hand in another. */
  readonly start?: (command: Command) => RunningProgram;
}

/** The workshop of a run: the same for every rsync in it. */
export function makeWorkshop(
  inputs: Inputs,
  { rsync, source, destination, backupDir, ours, mountsBelow, selection }: Prepared,
  mountPoints: readonly BytePath[],
  directory: string,
  { debug, log, signal }: Surroundings,
): Workshop {
  return {
    rsync: rsync.path,
    launcher: rsync.launcher,
    directory,
    signal,
    ours,
    // What was not there holds nothing that could be replaced.
    backupDir: destination.exists ? backupDir : undefined,
    places: [
      source,
      ...mountsBelow,
      ...(destination.exists || destination.identity !== undefined ? [destination] : []),
    ],
    folderRules: folderRules(selection.folders, { ours, kept: directoriesKept(inputs, selection), mountPoints }),
    settings: { ...inputs, source: source.realPath, destination: destination.realPath },
    ...(debug === true ? { onDebug: (shard, line) => log.debug(`[rsync ${shard.id}] ${line}`) } : {}),
  };
}

/**
 * Directories that stay in the folders. Where vanished projects go, all others are named: one that goes from the source while
 * the run goes on was not counted.
 */
function directoriesKept(
  inputs: Pick<Inputs, "delete" | "deleteProjects">,
  { projects, folders }: Selection,
): "every directory" | readonly BytePath[] {
  if (!inputs.delete) return [];
  if (!inputs.deleteProjects) return "every directory";
  return [...projects, ...folders.map(({ path }) => path).filter((path) => path !== "")];
}

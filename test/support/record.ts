import type { InputName } from "../../src/inputs/definition.ts";
import { validate } from "../../src/inputs/validate.ts";
import type { Shard } from "../../src/plan/shard.ts";
import { newRecord, type RunRecord } from "../../src/record.ts";
import { meaningOf } from "../../src/rsync/exit-code.ts";
import type { Messages } from "../../src/rsync/messages.ts";
import type { ShardEnd } from "../../src/run/shard-run.ts";
import { emptyTally, type Tally } from "../../src/run/tally.ts";
import type { Selection } from "../../src/survey/projects.ts";
import { raw } from "./tree.ts";

/** A record of a run from /source to /destination; what a test is about is given. */
export function record(
  given: Partial<RunRecord> = {},
  inputs: Partial<Record<InputName, string>> = {},
  places = { source: "/source", destination: "/destination" },
): RunRecord {
  const values = new Map(Object.entries({ ...places, ...inputs })) as ReadonlyMap<InputName, string>;
  const validated = validate({ values, problems: [] }, { cwd: "/", variables: { HOME: "/nonexistent" } });
  return { ...newRecord(validated.inputs, "1.2.3", undefined), ...given };
}

export function selection(projects: readonly string[], given: Partial<Selection> = {}): Selection {
  return {
    projects: projects.map(raw),
    folders: [],
    notCovered: [],
    vanished: [],
    unreadable: [],
    unreadableThere: [],
    unmatched: [],
    unusedExclusions: [],
    ...given,
  };
}

export const silence: Messages = { lines: [], total: 0, vanished: 0, onlyVanished: false, projects: undefined };

/** How a shard ended, after one try in lane 0 from the first to the third second unless given. */
export function ended(
  shard: Shard,
  given: {
    readonly state?: ShardEnd["state"];
    readonly exitCode?: number | undefined;
    readonly messages?: Partial<Messages>;
    readonly tallies?: Readonly<Record<string, Partial<Tally>>>;
    readonly times?: readonly (readonly [startedAtMs: number, endedAtMs: number])[];
  } = {},
): ShardEnd {
  const { state = "complete", exitCode = 0, messages = {}, tallies = {}, times = [[1000, 3000]] } = given;
  return {
    shard,
    state,
    meaning: meaningOf(exitCode, true),
    attempts: times.map(([startedAtMs, endedAtMs]) => ({
      ...{ lane: 0, startedAtMs, endedAtMs, exitCode },
      ...{ messages: { ...silence, ...messages }, bytesTransferred: 7 },
    })),
    tallies: new Map(Object.entries(tallies).map(([project, tally]) => [raw(project), { ...emptyTally, ...tally }])),
  };
}

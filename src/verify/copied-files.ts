import { appendFileSync, createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { type BytePath, fromBytes } from "../byte-path.ts";
import { messageOf } from "../errors.ts";
import type { Item } from "../rsync/output.ts";
import type { ShardEnd } from "../run/shard-run.ts";
import type { Candidate } from "./candidate.ts";

/** The files that a run copies, noted while it does. */
export interface CopiedFiles {
  /** Told of every change. */
  note(shard: number, item: Item): void;
  /** Those of shards that came to their end, in its order. What a failed one copied is the next run's to complete. */
  files(ends: readonly ShardEnd[]): AsyncGenerator<Candidate>;
  /** Why some could not be noted; undefined if all were. */
  failure(): string | undefined;
}

/** Characters of names in memory, for each shard that runs. */
const mostHeld = 64 * 1024;

/**
 * Notes copied files in files of the run's own directory, one for each shard: there may be millions. A file that is copied in two
 * tries of a shard is there twice, and then read back twice.
 */
export function noteCopiedFiles(directory: string): CopiedFiles {
  const held = new Map<number, string>();
  let failure: string | undefined;
  const fileOf = (shard: number): string => join(directory, `copied-${shard}`);
  const write = (shard: number): void => {
    try {
      appendFileSync(fileOf(shard), Buffer.from(held.get(shard) ?? "", "latin1"));
    } catch (error) {
      // Thrown here, it would end the process: what tells of changes is an rsync's output.
      failure ??= messageOf(error);
    }
    held.delete(shard);
  };
  return {
    note(shard, { change, bytes, path }) {
      if (!/^[<>]f/.test(change)) return;
      const text = `${held.get(shard) ?? ""}${bytes} ${path}\0`;
      held.set(shard, text);
      if (text.length >= mostHeld) write(shard);
    },
    async *files(ends) {
      for (const shard of [...held.keys()]) write(shard);
      for (const { shard, state } of ends)
        if ((state === "complete" || state === "vanished") && existsSync(fileOf(shard.id)))
          yield* readNotes(fileOf(shard.id));
    },
    failure: () => failure,
  };
}

async function* readNotes(file: string): AsyncGenerator<Candidate> {
  let rest = "";
  for await (const chunk of createReadStream(file)) {
    const notes = (rest + fromBytes(chunk as Buffer)).split("\0");
    rest = notes.pop() ?? "";
    for (const note of notes) {
      const blank = note.indexOf(" ");
      yield { path: note.slice(blank + 1) as BytePath, bytes: Number(note.slice(0, blank)) };
    }
  }
}

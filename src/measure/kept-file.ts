import { closeSync, openSync, readSync } from "node:fs";
import { orUndefined } from "./read-file.ts";

/** A file of /proc that is read again and again. */
export interface KeptFile {
  /** Its text now; undefined where it cannot be read, as after its process has ended. */
  readonly read: () => string | undefined;
  readonly close: () => void;
}

/** Longer than any file of /proc/PID that is read this way. */
const buffer = Buffer.alloc(4096);

/**
 * Keeps a file open, so that reading it costs a third of what opening it each time does (6 µs instead of 18 on a busy machine), and
 * what is read is always the same process, never another that got its number. Never throws: what cannot be opened reads undefined.
 */
export function keepFile(path: string): KeptFile {
  let file = orUndefined(() => openSync(path, "r"));
  return {
    read: () => {
      const open = file;
      return open === undefined
        ? undefined
        : orUndefined(() => buffer.toString("latin1", 0, readSync(open, buffer, 0, buffer.length, 0)));
    },
    close: () => {
      const open = file;
      // Its number may soon be another file's.
      file = undefined;
      if (open !== undefined) orUndefined(() => closeSync(open));
    },
  };
}

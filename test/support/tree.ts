import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "@jest/globals";
import { type BytePath, fromText, join as joinBytes, toBytes } from "../../src/byte-path.ts";

/** Gives a test file empty directories, as many as it asks for; each is removed after its test. */
export function emptyDirectories(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
  });
  return () => {
    const path = realpathSync(mkdtempSync(join(tmpdir(), "dailysync-unit-")));
    made.push(path);
    return path;
  };
}

/** A path written in a test with one character per byte: `caf\xe9` is not UTF-8. */
export function raw(path: string): BytePath {
  return path as BytePath;
}

/**
 * Makes directories (written with a slash at the end) and files below a root, parents too. Paths are written with one
 * character per byte; a file holds its own path, or so many bytes if a number is given.
 */
export function plant(root: string, entries: readonly (string | readonly [path: string, bytes: number])[]): void {
  for (const entry of entries) {
    const [path, content] =
      typeof entry === "string" ? [entry, Buffer.from(entry, "latin1")] : [entry[0], Buffer.alloc(entry[1])];
    const whole = joinBytes(fromText(root), raw(path));
    if (path.endsWith("/")) mkdirSync(toBytes(whole), { recursive: true });
    else {
      mkdirSync(toBytes(raw(dirname(whole))), { recursive: true });
      writeFileSync(toBytes(whole), content);
    }
  }
}

/** A signal that is never aborted. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

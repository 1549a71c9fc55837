import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A source with its destination, which is not there yet, in a directory of their own that every user may enter. */
export interface Place {
  readonly root: string;
  readonly source: string;
  readonly destination: string;
}

/** What lies where: contents of a file, its size if it is a hole, nothing for a directory, or where a link points. */
export type Tree = Readonly<Record<string, string | number | undefined | { readonly link: string }>>;

/**
 * The size of a file that, where the destination lacks it, is worth an rsync of its own beside others of its size; of twice that
 * size, beside anything.
 */
export const heavy = 72 * 1024 * 1024;
/** Keeps such a file a hole, so that it fills no disk. */
export const asHoles = { preserve: "sparse" };

const made: string[] = [];

/** Makes a place with a tree as its source. */
export function place(tree: Tree = {}): Place {
  const root = mkdtempSync(join(tmpdir(), "place-"));
  made.push(root);
  chmodSync(root, 0o755);
  const [source, destination] = [join(root, "source"), join(root, "destination")];
  mkdirSync(source);
  grow(source, tree);
  return { root, source, destination };
}

/** Removes every place, with directories that a test has closed; for afterAll. */
export function removePlaces(): void {
  for (const root of made.splice(0)) {
    spawnSync("chmod", ["-R", "u+rwX", root]);
    rmSync(root, { recursive: true, force: true });
  }
}

/** Makes a tree below a directory, and the directory; every file is of 2020. */
export function grow(root: string, tree: Tree): void {
  mkdirSync(root, { recursive: true });
  for (const [name, what] of Object.entries(tree)) {
    const path = `${root}/${name}`;
    mkdirSync(what === undefined ? path : dirname(path), { recursive: true });
    if (what === undefined) continue;
    if (typeof what === "object") symlinkSync(what.link, path);
    else writeFileSync(path, typeof what === "string" ? what : "");
    if (typeof what === "number") truncateSync(path, what);
    lutimesSync(path, 1_577_836_800, 1_577_836_800);
  }
}

/** What one `rsync -a --delete` would still have to do, one change a line: empty when the destination is exact. */
export function pendingChanges({ source, destination }: Place, ...more: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(
    "rsync",
    ["-ain", "--delete", ...more, "--", `${source}/`, `${destination}/`],
    { encoding: "utf8" },
  );
  return status === 0 ? stdout : `rsync ended with ${status}: ${stdout}${stderr}`;
}

/** Every path below a directory, sorted; undefined if it is not there. */
export function pathsBelow(root: string): string[] | undefined {
  try {
    return readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  } catch {
    return undefined;
  }
}

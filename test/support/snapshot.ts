import { createHash } from "node:crypto";
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type BytePath, fromBytes, fromText, join, toBytes, toDisplay } from "../../src/byte-path.ts";
import { extendedAttributes } from "./extended-attributes.ts";
import { listTree } from "./random-tree.ts";

/**
 * A tree as lines, one an entry, its root first: type, mode, owner, time of change of contents, link target, contents,
 * and on request which of its names share an inode, and lines of their own for attributes and access lists.
 */
export function snapshot(root: string, links = false, extended = false): string[] {
  const firstName = new Map<string, string>();
  const modes = openForReading(fromText(root));
  // Sorted first, so that the first name of an inode is the same in any two trees.
  const paths = [fromText(root), ...listTree(fromText(root)).sort()];
  const lines = paths.map((path) => {
    const found = lstatSync(toBytes(path), { bigint: true });
    const name = JSON.stringify(toDisplay(path).slice(root.length));
    const inode = `${found.dev}:${found.ino}`;
    if (!firstName.has(inode)) firstName.set(inode, name);
    const what = found.isSymbolicLink()
      ? `→ ${JSON.stringify(readlinkSync(toBytes(path), "latin1"))}`
      : found.isFile()
        ? createHash("sha1")
            .update(readFileSync(toBytes(path)))
            .digest("hex")
        : found.isCharacterDevice()
          ? `device ${found.rdev}`
          : "";
    const linked = links && !found.isDirectory() ? ` = ${firstName.get(inode)}` : "";
    return `${name} ${(modes.get(path) ?? Number(found.mode)).toString(8)} ${found.uid}:${found.gid} ${time(found.mtimeNs)} ${what}${linked}`;
  });
  return [...lines, ...(extended ? extendedAttributes(root) : [])].sort();
}

/**
 * What is in a directory for what is replaced, in the same way; nothing if there is none. Its directories without their times, which
 * are of the run or those that their twins at the destination had at some moment of it, and without the root, to which rsync gives no
 * mode.
 */
export function versionsIn(root: string, links = false): string[] {
  if (!existsSync(root)) return [];
  return snapshot(root, links)
    .filter((line) => !line.startsWith('"" '))
    .map((line) => line.replace(/^(".*" 4\d{4} \d+:\d+) .*$/, "$1"));
}

/** An ordinary user cannot look into what is closed to its owner: opens it, and returns the modes as they were. */
function openForReading(root: BytePath): Map<BytePath, number> {
  const modes = new Map<BytePath, number>();
  if (process.geteuid?.() === 0) return modes;
  const visit = (path: BytePath): void => {
    const found = lstatSync(toBytes(path));
    if (!found.isDirectory() && !found.isFile()) return;
    modes.set(path, found.mode);
    chmodSync(toBytes(path), (found.mode & 0o7777) | (found.isDirectory() ? 0o700 : 0o400));
    if (found.isDirectory())
      for (const name of readdirSync(toBytes(path), { encoding: "buffer" })) visit(join(path, fromBytes(name)));
  };
  visit(root);
  return modes;
}

/** Trees are grown with times of 2001 to 2020: what is later was changed by the run and has no time that could be compared. */
function time(nanoseconds: bigint): string {
  return nanoseconds > 1_650_000_000_000_000_000n ? "now" : String(nanoseconds);
}

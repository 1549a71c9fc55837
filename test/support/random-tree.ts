import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { type BytePath, fromBytes, fromText, join, toBytes } from "../../src/byte-path.ts";
import type { Random } from "./random.ts";

/** Names that have broken backup tools: shells, rsync's own syntax, logs, encodings. */
const names: readonly BytePath[] = [
  ...[
    "a",
    "b",
    "c.tmp",
    "keep",
    "x",
    "log.txt",
    ".hidden",
    " leading and trailing ",
    "-rf",
    "--delete",
    "#comment",
    ";semicolon",
  ],
  ...[
    "new\nline",
    "tab\tbed",
    "co:lon",
    "host:path",
    "back\\slash",
    "\\#012",
    "[a]*?",
    "*",
    "?",
    "$HOME",
    "`id`",
    "'quote\"",
    "%i",
    "::error::x",
  ],
  ...["ümläut", "日本語", "e\u0301", "\u202erevers", "~", "~tilde", "@at", "{a,b}", "!bang", "item .f"],
].map(fromText);
const rawNames: readonly BytePath[] = [
  fromBytes(Buffer.from([0x63, 0x61, 0x66, 0xe9])),
  fromBytes(Buffer.from([0xff, 0xfe])),
  fromBytes(Buffer.from([0x61, 0x80, 0x2f - 1, 0xc3])),
];

export interface TreeOptions {
  readonly hardLinks: boolean;
  /** Grown by root: with owners and devices, and with modes that would keep anybody else out. */
  readonly asRoot: boolean;
}

/** Read-only ones among them: rsync as an ordinary user opens such a directory for its work and closes it at its end. */
const directoryModes = [0o755, 0o711, 0o750, 0o2755, 0o700, 0o1777, 0o555, 0o500];
/** An ordinary user's rsync makes a read-only file writable before it deletes it, and with it every other name that the file has. */
const fileModes = ({ asRoot, hardLinks }: TreeOptions): readonly number[] => [
  ...[0o644, 0o600, 0o755, 0o4755],
  ...(asRoot ? [0o444, 0o000] : hardLinks ? [0o640, 0o620] : [0o444, 0o400]),
];

/** Grows a random tree of projects and loose files in an existing directory. */
export function growTree(root: string, random: Random, options: TreeOptions): void {
  const files: BytePath[] = [];
  growBelow(fromText(root), random, options, 0, files);
  finishDirectories(fromText(root), random, options);
}

function growBelow(directory: BytePath, random: Random, options: TreeOptions, depth: number, files: BytePath[]): void {
  const count = depth === 0 ? 2 + random.whole(6) : random.whole(7 - depth);
  for (let index = 0; index < count; index++) {
    const path = join(directory, random.chance(12) ? random.pick(rawNames) : random.pick(names));
    if (exists(path)) continue;
    const kind = random.whole(100);
    if (depth < 5 && kind < (depth === 0 ? 65 : 38)) {
      mkdirSync(toBytes(path));
      if (random.chance(8)) growHeavy(path, random, options, files);
      growBelow(path, random, options, depth + 1, files);
    } else makeFile(path, random, options, files);
  }
}

/** A directory whose weight is bytes more than names: such a one is copied in slices of its files. */
function growHeavy(directory: BytePath, random: Random, options: TreeOptions, files: BytePath[]): void {
  const count = 4 + random.whole(8);
  for (let index = 0; index < count; index++) {
    const path = join(directory, fromText(`${index}-heavy`));
    writeFileSync(toBytes(path), Buffer.alloc(70_000 + random.whole(3), random.whole(256)));
    files.push(path);
    finish(path, random, options);
  }
}

function makeFile(path: BytePath, random: Random, options: TreeOptions, files: BytePath[]): void {
  if (options.hardLinks && files.length > 0 && random.chance(30)) {
    linkSync(toBytes(random.pick(files)), toBytes(path));
    return;
  }
  if (random.chance(4)) {
    makeSpecial(path, random, options);
    files.push(path);
  } else if (random.chance(15)) {
    symlinkSync(
      toBytes(random.pick([...names, ...rawNames, fromText("../a"), fromText("/etc"), fromText("x/x")])),
      toBytes(path),
    );
  } else {
    writeFileSync(toBytes(path), Buffer.alloc(random.pick([0, 1, 7, 700, 70_000]), random.whole(256)));
    if (random.chance(10)) truncateSync(toBytes(path), 200_000 + random.whole(100_000));
    chmodSync(toBytes(path), random.pick(fileModes(options)));
    files.push(path);
  }
  finish(path, random, options);
}

/** A pipe, or as root a device. Made under a plain name first, because arguments cannot hold every byte. */
function makeSpecial(path: BytePath, random: Random, options: TreeOptions): void {
  const plain = `${toBytes(parent(path)).toString("utf8")}`;
  const isPlain = fromText(plain) === parent(path);
  const made = isPlain ? `${plain}/special-being-made` : undefined;
  if (made === undefined) writeFileSync(toBytes(path), "");
  else {
    const device = options.asRoot && random.chance(40);
    execFileSync("mknod", device ? [made, "c", "1", "3"] : [made, "p"]);
    renameSync(made, toBytes(path));
  }
}

function parent(path: BytePath): BytePath {
  return path.slice(0, path.lastIndexOf("/")) as BytePath;
}

/** Changes a tree as time does: things go, come, change, and become something else. */
export function ageTree(root: string, random: Random, options: TreeOptions): void {
  openDirectories(fromText(root));
  const all = listTree(fromText(root));
  const files = all.filter((path) => lstatSync(toBytes(path)).isFile());
  for (const path of all) {
    if (!exists(path) || !random.chance(22)) continue;
    const isDirectory = lstatSync(toBytes(path)).isDirectory();
    const kind = random.whole(5);
    if (kind === 0) rmSync(toBytes(path), { recursive: true });
    else if (kind === 1) {
      rmSync(toBytes(path), { recursive: true });
      makeFile(path, random, { ...options, hardLinks: false }, []);
    } else if (kind === 2) {
      rmSync(toBytes(path), { recursive: true });
      mkdirSync(toBytes(path));
      growBelow(path, random, options, 3, []);
    } else if (kind === 3 && isDirectory) growBelow(path, random, options, 2, files.filter(isLinkable));
    else if (!isDirectory && !lstatSync(toBytes(path)).isSymbolicLink()) {
      chmodSync(toBytes(path), random.pick([0o640, 0o755]));
      finish(path, random, options);
    }
  }
  finishDirectories(fromText(root), random, options);
}

/** Times and owners of what a directory holds are set before its own, which their making has changed. */
function finishDirectories(root: BytePath, random: Random, options: TreeOptions): void {
  const directories = [root, ...listTree(root).filter((path) => lstatSync(toBytes(path)).isDirectory())];
  for (const path of directories.reverse()) {
    if (random.chance(40)) chmodSync(toBytes(path), random.pick(directoryModes));
    finish(path, random, options);
  }
}

function finish(path: BytePath, random: Random, options: TreeOptions): void {
  if (options.asRoot && random.chance(20)) {
    const mode = lstatSync(toBytes(path)).mode & 0o7777;
    const isLink = lstatSync(toBytes(path)).isSymbolicLink();
    lchownSync(toBytes(path), random.pick([0, 1, 1000]), random.pick([0, 1, 1000]));
    // Changing the owner clears setuid.
    if (!isLink) chmodSync(toBytes(path), mode);
  }
  const seconds = 1_000_000_000 + random.whole(600_000_000);
  lutimesSync(toBytes(path), seconds, seconds + random.pick([0, 0.25, 0.5]));
}

/** Lets an ordinary user change what is below: modes that are to be closed are given at the end. */
export function openDirectories(root: BytePath): void {
  chmodSync(toBytes(root), lstatSync(toBytes(root)).mode | 0o700);
  for (const entry of readdirSync(toBytes(root), { withFileTypes: true, encoding: "buffer" }))
    if (entry.isDirectory()) openDirectories(join(root, fromBytes(entry.name)));
}

/** Every path below a directory, parents first. */
export function listTree(root: BytePath): BytePath[] {
  return readdirSync(toBytes(root), { withFileTypes: true, encoding: "buffer" }).flatMap((entry) => {
    const path = join(root, fromBytes(entry.name));
    return entry.isDirectory() ? [path, ...listTree(path)] : [path];
  });
}

/** Whether something is there still, and is no directory. */
function isLinkable(path: BytePath): boolean {
  return exists(path) && !lstatSync(toBytes(path)).isDirectory();
}

function exists(path: BytePath): boolean {
  try {
    lstatSync(toBytes(path));
    return true;
  } catch {
    return false;
  }
}

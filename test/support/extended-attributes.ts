import { spawnSync } from "node:child_process";
import { lstatSync, writeFileSync } from "node:fs";
import { type BytePath, fromText, toBytes } from "../../src/byte-path.ts";
import type { Random } from "./random.ts";
import { listTree } from "./random-tree.ts";

const installed = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Why attributes and access lists cannot be tested here; undefined if they can. */
export const noExtendedAttributes = ["getfattr", "setfattr", "getfacl", "setfacl"].every(installed)
  ? undefined
  : "the packages attr and acl are not installed";

/** Gives some of a tree's entries attributes, and access lists that name users, groups and what is made in a directory. */
export function attachExtended(root: string, random: Random, asRoot: boolean, list: string): void {
  const attributes: string[] = [];
  const accessLists: string[] = [];
  for (const path of [fromText(root), ...listTree(fromText(root))]) {
    const found = lstatSync(toBytes(path));
    const isPlain = found.isFile() || found.isDirectory();
    if ((isPlain || asRoot) && random.chance(20)) {
      const names = [...(isPlain ? ["user.a", "user.long name"] : []), ...(asRoot ? ["trusted.b", "security.c"] : [])];
      const value = Buffer.alloc(random.pick([0, 1, 40, 1000]), random.whole(256)).toString("hex");
      attributes.push(`# file: ${escaped(path)}\n${random.pick(names).replaceAll(" ", "\\040")}=0x${value}\n`);
    }
    if (isPlain && random.chance(15)) accessLists.push(accessList(path, random, found.isDirectory()));
  }
  // What cannot be set (by an ordinary user, on a file that is closed) is left out on both sides.
  writeFileSync(list, `${attributes.join("\n")}\n`);
  spawnSync("setfattr", ["-h", `--restore=${list}`]);
  writeFileSync(list, `${accessLists.join("\n")}\n`);
  spawnSync("setfacl", [`--restore=${list}`]);
}

function accessList(path: BytePath, random: Random, isDirectory: boolean): string {
  const rights = (): string => random.pick(["---", "r--", "rw-", "r-x", "rwx"]);
  const entries = (prefix: string): string[] =>
    [
      ...[`user::rwx`, `user:${random.pick([1, 1000, 70_000])}:${rights()}`, `group::${rights()}`],
      ...(random.chance(50) ? [`group:${random.pick([2, 1001])}:${rights()}`] : []),
      ...[`mask::${rights()}`, `other::${rights()}`],
    ].map((entry) => prefix + entry);
  return [
    `# file: ${escaped(path)}`,
    ...entries(""),
    ...(isDirectory && random.chance(50) ? entries("default:") : []),
    "",
  ].join("\n");
}

/** A name as both programs write and read it. */
function escaped(path: BytePath): string {
  return path.replace(/[^\w/.-]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** Attributes and access lists of a tree as lines, one an entry that has some. */
export function extendedAttributes(root: string): string[] {
  const ask = (program: string, ...options: readonly string[]): string[] =>
    spawnSync(program, [...options, "--absolute-names", root], { encoding: "latin1", maxBuffer: 1 << 30 })
      .stdout.split("\n\n")
      .filter((block) => block.trim() !== "")
      .map((block) => {
        const [file = "", ...values] = block.split("\n").filter((line) => !/^# (owner|group)|^system\./.test(line));
        const name = JSON.stringify(file.slice("# file: ".length + root.length));
        return values.length === 0 ? "" : `${name} ${program} ${values.sort().join(" ")}`;
      })
      .filter((line) => line !== "");
  return [...ask("getfattr", "-Rhd", "-e", "hex", "-m", "-"), ...ask("getfacl", "-RPn", "-s")];
}

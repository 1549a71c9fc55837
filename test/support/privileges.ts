import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "@jest/globals";

const isRoot = process.geteuid?.() === 0;
/** Nobody, on every Linux. */
const nobody = 65_534;

/** Why a test that mounts cannot run here; undefined if it can. */
export const noMounts = whyNoMounts();

/** Why a test that makes a file system in a file and mounts it cannot run here; undefined if it can. */
export const noLoops = noMounts ?? whyNoLoops();

/** Why nothing can be given to another user; undefined if it can. */
export const notRoot = isRoot ? undefined : "only root may give files away";

/** Why no process of a user without rights can be had; undefined if it can. */
export const noOrdinaryUser =
  isRoot && spawnSync("setpriv", ["--version"]).status !== 0 ? "setpriv of util-linux is not installed" : undefined;

/** `test`, or one that is skipped and says why. */
export function testUnless(reason: string | undefined): (name: string, body: () => Promise<void>) => void {
  return (name, body) => {
    if (reason === undefined) test(name, body);
    else test.skip(`${name} [skipped: ${reason}]`, body);
  };
}

function whyNoMounts(): string | undefined {
  if (!isRoot) return "only root may mount";
  const directory = mkdtempSync(join(tmpdir(), "mount-"));
  const status = mount("tmpfs", directory, "-t", "tmpfs", "-o", "size=64k");
  if (status === 0) unmount(directory);
  rmSync(directory, { recursive: true });
  return status === 0 ? undefined : "this machine lets nobody mount";
}

function whyNoLoops(): string | undefined {
  if (spawnSync("mkfs.ext4", ["-V"]).status !== 0) return "mkfs.ext4 of e2fsprogs is not installed";
  const directory = mkdtempSync(join(tmpdir(), "loop-"));
  const status = mountImage(join(directory, "image"), join(directory, "mounted"), 1024 * 1024);
  if (status === 0) unmount(join(directory, "mounted"));
  rmSync(directory, { recursive: true });
  return status === 0 ? undefined : "this machine has no loop devices";
}

/**
 * Mounts a new ext4 in an image file, none of whose bytes are taken yet; without a journal, so that a lost write stops nothing.
 * The result is mount's exit status.
 */
export function mountImage(image: string, where: string, bytes: number): number | null {
  writeFileSync(image, "");
  truncateSync(image, bytes);
  spawnSync("mkfs.ext4", ["-q", "-F", "-O", "^has_journal", image]);
  return mount(image, where, "-o", "loop");
}

/** Mounts; the result is mount's exit status. */
export function mount(what: string, where: string, ...options: readonly string[]): number | null {
  mkdirSync(where, { recursive: true });
  return spawnSync("mount", [...options, what, where]).status;
}

export function unmount(where: string): void {
  spawnSync("umount", [where]);
}

/** Gives a tree to the ordinary user; nothing to do unless root. */
export function giveToOrdinaryUser(...paths: readonly string[]): void {
  if (isRoot) spawnSync("chown", ["-hR", `${nobody}:${nobody}`, ...paths]);
}

/**
 * A program to start instead of node that runs it as an ordinary user; undefined where the tests run as one.
 *
 * @param directory receives the program, and a copy of node where that user cannot reach the real one
 */
export function nodeOfOrdinaryUser(directory: string): string | undefined {
  if (!isRoot) return undefined;
  const node = nodeForEverybody(directory);
  const program = join(directory, "node-of-ordinary-user");
  // The runner's directories of the step belong to who runs the step.
  const script = `#!/bin/sh
[ -z "$GITHUB_WORKSPACE" ] || chown -R ${nobody}:${nobody} "\${GITHUB_WORKSPACE%/*}"
exec ${asNobody.join(" ")} "${node}" "$@"
`;
  writeFileSync(program, script, { mode: 0o755 });
  return program;
}

const asNobody = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];

/**
 * The node that runs the tests, where other users can start it.
 *
 * @param directory receives a copy where they cannot reach the real one
 */
export function nodeForEverybody(directory: string): string {
  const [program = "", ...change] = asNobody;
  if (spawnSync(program, [...change, "test", "-x", process.execPath]).status === 0) return process.execPath;
  const copy = join(directory, "node");
  copyFileSync(process.execPath, copy);
  chmodSync(copy, 0o755);
  return copy;
}

import { chmod, stat, utimes } from "node:fs/promises";
import { codeOf } from "../errors.ts";
import { askProgram, findProgram } from "../program.ts";

/**
 * Makes or removes an entry of a directory, and leaves the directory as it was: with the time that it had, to the nanosecond, since
 * rsync sets that of the destination, and open or closed. One that is closed to its owner, as the copy of such a source is, is opened
 * for the moment, as rsync does it.
 */
export async function keepingDirectory<Value>(directory: string, change: () => Promise<Value>): Promise<Value> {
  const before = await timeOf(directory);
  const value = await opened(directory, change);
  await setTime(directory, before).catch(() => {
    // Only the owner may; rsync could not give it a time either.
  });
  return value;
}

/** Does something in a directory, which is opened for the moment if it is closed to its owner. */
export async function opened<Value>(directory: string, change: () => Promise<Value>): Promise<Value> {
  try {
    return await change();
  } catch (error) {
    if (codeOf(error) !== "EACCES") throw error;
    const { mode, uid } = await stat(directory);
    if (uid !== process.geteuid?.() || (mode & 0o700) === 0o700) throw error;
    await chmod(directory, (mode & 0o7777) | 0o700);
    try {
      return await change();
    } finally {
      await chmod(directory, mode & 0o7777);
    }
  }
}

async function timeOf(directory: string): Promise<bigint> {
  return (await stat(directory, { bigint: true })).mtimeNs;
}

async function setTime(directory: string, nanoseconds: bigint): Promise<void> {
  const touch = findProgram("touch");
  if (touch !== undefined) {
    await askProgram(
      {
        program: touch,
        launcher: { command: [], ownGroup: false },
        arguments: ["-c", "-m", "-d", `@${decimal(nanoseconds)}`, "--", directory],
        input: "/dev/null",
        onOutput: () => undefined,
        onError: () => undefined,
      },
      undefined,
    );
    if ((await timeOf(directory)) === nanoseconds) return;
  }
  // That of busybox takes no fractions. Node's own counts in doubles, of which there are four million in a second of these years.
  const { atimeMs } = await stat(directory);
  await utimes(directory, atimeMs / 1000, Number(nanoseconds) / 1e9);
}

/** Seconds with nine digits behind the point. */
function decimal(nanoseconds: bigint): string {
  const digits = String(nanoseconds < 0n ? -nanoseconds : nanoseconds).padStart(10, "0");
  return `${nanoseconds < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

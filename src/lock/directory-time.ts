import { stat, utimes } from "node:fs/promises";
import { askProgram, findProgram } from "../program.ts";

/**
 * Makes or removes an entry of a directory, and gives the directory back the time that it had, to the nanosecond: rsync sets that of
 * the destination, and the lock is no reason for it to be another.
 */
export async function keepingTime<Value>(directory: string, change: () => Promise<Value>): Promise<Value> {
  const before = await timeOf(directory);
  const value = await change();
  await setTime(directory, before).catch(() => {
    // Only the owner may; rsync could not give it a time either.
  });
  return value;
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

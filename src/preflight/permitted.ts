import { readFileSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { codeOf } from "../errors.ts";
import { orUndefined, type ReadFile } from "../measure/read-file.ts";

/** Bits of capabilities (linux/capability.h): to read and write whatever the modes say, and to read it. */
const dacOverride = 1n << 1n;
const dacReadSearch = 1n << 2n;

/**
 * Throws unless this process may use a directory. access(2) leaves capabilities out of account, except root's, since it asks for the
 * user that a set-user-ID program was started by: where it says no, they are looked at here.
 *
 * @param mode `R_OK`, `W_OK`, `X_OK` together
 */
export async function permitted(
  directory: string,
  mode: number,
  ask: (path: string, mode: number) => Promise<void> = access,
  readFile: ReadFile = (path) => readFileSync(path, "latin1"),
  user: number | undefined = process.getuid?.(),
): Promise<void> {
  await ask(directory, mode).catch((error: unknown) => {
    // To root it says no for what is beyond capabilities: a server's root_squash, FUSE, a security module.
    if (codeOf(error) !== "EACCES" || user === 0 || !overrides(mode, readFile)) throw error;
  });
}

/** Whether a capability lets this process do what modes forbid it; no where the kernel does not tell (proc(5), CapEff). */
function overrides(mode: number, readFile: ReadFile): boolean {
  const status = orUndefined(() => readFile("/proc/self/status")) ?? "";
  const effective = BigInt(`0x${/^CapEff:\t([\da-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const sufficient = (mode & constants.W_OK) === 0 ? dacOverride | dacReadSearch : dacOverride;
  return (effective & sufficient) !== 0n;
}

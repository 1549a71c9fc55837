import { fromText, isText, join, toDisplay } from "../byte-path.ts";
import { askProgram, findProgram } from "../program.ts";
import type { Workshop } from "../run/workshop.ts";
import { statusOf } from "../survey/directory.ts";
import type { Candidate } from "./candidate.ts";

/** Bytes from which reading a file from its storage takes much longer than starting a program for it, some 5 ms. */
const large = 16 * 1024 * 1024;

/**
 * Has the kernel forget what it holds in memory of the large files at the destination, so that they are read back from the storage.
 * `dd` of coreutils does nothing else when it copies nothing (posix_fadvise(2), POSIX_FADV_DONTNEED). What is not written yet stays
 * (see flush), and where there is no such dd everything does. Names that are not UTF-8 cannot be handed to a program.
 */
export async function forgetLarge(
  files: readonly Candidate[],
  { launcher, settings }: Pick<Workshop, "launcher" | "settings">,
  signal: AbortSignal,
): Promise<void> {
  const dd = findProgram("dd");
  if (dd === undefined) return;
  for (const { path, bytes } of files) {
    if (bytes < large || !isText(path)) continue;
    const there = join(fromText(settings.destination), path);
    // Opening a pipe would wait for whoever writes to it.
    if (!(await statusOf(there))?.isFile()) continue;
    await askProgram(
      {
        ...{ program: dd, launcher, input: toDisplay(there), arguments: ["iflag=nocache", "count=0"] },
        ...{ onOutput: () => undefined, onError: () => undefined },
      },
      signal,
    );
  }
}

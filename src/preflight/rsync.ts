import { askProgram, findProgram, type Launcher } from "../program.ts";

/** The rsync that a run uses. */
export interface RsyncBinary {
  readonly path: string;
  readonly version: string;
  readonly launcher: Launcher;
}

/** `--info=progress2` and `--info=stats2` came with 3.1.0; 3.1.3 is the oldest that current distributions still ship. */
const oldest = [3, 1, 3] as const;

const installHint =
  "install it with the system's package manager, for example: sudo apt-get install rsync (Debian, Ubuntu), sudo dnf install rsync (Fedora, RHEL), sudo apk add rsync (Alpine)";

/** Finds rsync, asks for its version, and how to start it. A text is the problem that a person must solve. */
export async function findRsync(signal?: AbortSignal): Promise<RsyncBinary | string> {
  const path = findProgram("rsync");
  if (path === undefined)
    return `rsync is not installed on this machine (PATH is ${JSON.stringify(process.env["PATH"] ?? "")}): ${installHint}`;
  let answer: Answer = { exitCode: undefined, version: undefined };
  for (const launcher of launchers()) {
    answer = await askVersion(path, launcher, signal);
    if (answer.version === undefined) continue;
    if (isOlder(answer.version))
      return `rsync ${answer.version} (${path}) is too old, ${oldest.join(".")} or newer is needed: ${installHint}`;
    return { path, version: answer.version, launcher };
  }
  return `${path} does not answer --version as rsync does (it ended with ${answer.exitCode ?? "a signal"}): ${installHint}`;
}

/**
 * Ways to start rsync, the best first. setsid(1) makes a process group; setpriv(1) of util-linux 2.33 and later (busybox's does
 * not know the option) has the kernel end rsync when we are killed, since nothing else would: an orphan would go on writing
 * beside the next run. Both become rsync and keep its process id.
 */
function launchers(): Launcher[] {
  const setsid = findProgram("setsid");
  const setpriv = findProgram("setpriv");
  const plain: Launcher =
    setsid === undefined ? { command: [], ownGroup: false } : { command: [setsid], ownGroup: true };
  if (setpriv === undefined) return [plain];
  return [{ ...plain, command: [setpriv, "--pdeathsig", "TERM", "--", ...plain.command] }, plain];
}

interface Answer {
  readonly exitCode: number | undefined;
  /** Undefined when it did not answer as rsync does. */
  readonly version: string | undefined;
}

async function askVersion(path: string, launcher: Launcher, signal: AbortSignal | undefined): Promise<Answer> {
  let output = "";
  const { exitCode } = await askProgram(
    {
      program: path,
      launcher,
      arguments: ["--version"],
      input: "/dev/null",
      onOutput: (chunk) => {
        output += Buffer.from(chunk).toString("latin1");
      },
      onError: () => undefined,
    },
    signal,
  );
  const version = /^rsync +version v?(\d+\.\d+\.\d+\S*)/m.exec(output)?.[1];
  return { exitCode, version: exitCode === 0 ? version : undefined };
}

function isOlder(version: string): boolean {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  for (const [index, least] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { getExecOutput } from "@actions/exec";

/** The rsync that a run uses. */
export interface RsyncBinary {
  readonly path: string;
  readonly version: string;
  /** setsid(1) of util-linux or busybox; undefined where there is none. */
  readonly setsid: string | undefined;
}

/** `--info=progress2` and `--info=stats2` came with 3.1.0; 3.1.3 is the oldest that current distributions still ship. */
const oldest = [3, 1, 3] as const;

const installHint =
  "install it with the system's package manager, for example: sudo apt-get install rsync (Debian, Ubuntu), sudo dnf install rsync (Fedora, RHEL), sudo apk add rsync (Alpine)";

/** Finds rsync and asks for its version. A text is the problem that a person must solve. */
export async function findRsync(): Promise<RsyncBinary | string> {
  const path = findInPath("rsync");
  if (path === undefined)
    return `rsync is not installed on this machine (PATH is ${JSON.stringify(process.env["PATH"] ?? "")}): ${installHint}`;
  const { exitCode, stdout } = await getExecOutput(`"${path}"`, ["--version"], {
    silent: true,
    ignoreReturnCode: true,
  });
  const version = /^rsync +version v?(\d+\.\d+\.\d+\S*)/m.exec(stdout)?.[1];
  if (exitCode !== 0 || version === undefined)
    return `${path} does not answer --version as rsync does (it ended with ${exitCode}): ${installHint}`;
  if (isOlder(version))
    return `rsync ${version} (${path}) is too old, ${oldest.join(".")} or newer is needed: ${installHint}`;
  return { path, version, setsid: findInPath("setsid") };
}

/** The first executable file of that name in PATH, absolute. */
function findInPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter(isAbsolute)
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isOlder(version: string): boolean {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  for (const [index, least] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}

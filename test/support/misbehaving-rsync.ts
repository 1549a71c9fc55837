import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A program called rsync that misbehaves as a test says and otherwise becomes the real one. */
export interface MisbehavingRsync {
  /** PATH with the fake before everything else. */
  readonly PATH: string;
  /** What the script noted in `$notes/NAME`, one entry a line. */
  notes(name: string): string[];
  /** Resolves when the script has noted something under that name. */
  noted(name: string): Promise<void>;
}

/**
 * Makes the fake in a directory of its own.
 *
 * @param behaviour shell commands. They know the real rsync as `$real`, the arguments as `$@` and a directory for notes
 *   as `$notes`, and can ask: `version` (for its version), `copies NAME` (a project with all below, also as part of the
 *   whole source), `rehearses` (a dry run of what copies), `filters` (which names pass the filters). Where they do not exit,
 *   the real rsync follows.
 */
export function misbehavingRsync(directory: string, behaviour: string): MisbehavingRsync {
  const notes = join(directory, "notes");
  const binaries = join(directory, "bin");
  mkdirSync(notes, { recursive: true, mode: 0o777 });
  mkdirSync(binaries, { recursive: true });
  const real = execFileSync("/bin/sh", ["-c", "command -v rsync"], { encoding: "utf8" }).trim();
  const script = `#!/bin/sh
real=${quoted(real)}
notes=${quoted(notes)}
has() { case " $all " in *" $1 "*) return 0;; esac; return 1; }
version() { has --version; }
copies() {
  has --recursive || return 1
  has --files-from=- || return 0
  tr '\\0' '\\n' < "$names" | grep -qxF -e "./$1" -e "./$1/"
}
rehearses() { has --dry-run && has -lptgoD && ! has --no-implied-dirs; }
filters() { has --no-implied-dirs; }
all="$*"
names=$(mktemp "$notes/names.XXXXXX")
version || cat > "$names"
${behaviour}
exec 3< "$names"
rm -f "$names"
exec "$real" "$@" <&3 3<&-
`;
  writeFileSync(join(binaries, "rsync"), script, { mode: 0o755 });
  const read = (name: string): string[] =>
    existsSync(join(notes, name)) ? readFileSync(join(notes, name), "utf8").trimEnd().split("\n") : [];
  return {
    PATH: `${binaries}:${process.env["PATH"] ?? ""}`,
    notes: read,
    noted: async (name) => {
      for (let tries = 0; read(name).length === 0; tries++) {
        if (tries > 1500) throw new Error(`the fake rsync never noted ${name}`);
        await pause(20);
      }
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

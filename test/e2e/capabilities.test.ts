import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { commandBundle } from "../support/command-line.ts";
import { nodeForEverybody, noOrdinaryUser, notRoot, testUnless } from "../support/privileges.ts";
import { repository } from "../support/runner.ts";
import { emptyDirectories, plant } from "../support/tree.ts";

const emptyDirectory = emptyDirectories();
const page = readFileSync(join(repository, "docs/setup.md"), "utf8");
const [, granted = ""] = /^AmbientCapabilities=(.*)$/m.exec(page) ?? [];
const capabilities = granted.split(" ");
/** The table: what a run does without one of them. */
const rows = [...page.matchAll(/^\| `(CAP_\w+)` \|.*\| (fails|is green) \| .* \|$/gm)].map(
  ([, name = "", outcome = ""]) => ({ name, outcome }),
);

const somebody = 61_234;
const nobody = 65_534;
const noSetcap = spawnSync("setcap", ["-v"]).error === undefined ? undefined : "setcap of libcap is not installed";

const unable = notRoot ?? noOrdinaryUser;
const noVisudo = spawnSync("visudo", ["-V"]).error === undefined ? undefined : "visudo of sudo is not installed";

let programs = "";
let node = "";
beforeAll(() => {
  programs = mkdtempSync(join(tmpdir(), "programs-"));
  chmodSync(programs, 0o755);
  if (unable === undefined) node = nodeForEverybody(programs);
});
afterAll(() => rmSync(programs, { recursive: true, force: true }));

/** A source with all that takes rights: another owner, what is closed, bits, a device; and what nobody may read. */
function place(): { source: string; destination: string } {
  const root = emptyDirectory();
  const [source, destination] = [join(root, "source"), join(root, "destination")];
  plant(source, ["p/file", "p/closed/file", "p/setgid", "p/capable", "p/read-only/file"]);
  for (const path of ["p", "p/file", "p/closed", "p/closed/file", "p/setgid", "p/capable", "p/read-only"])
    chownSync(join(source, path), somebody, somebody);
  chmodSync(join(source, "p/closed/file"), 0o600);
  chmodSync(join(source, "p/closed"), 0o700);
  chmodSync(join(source, "p/read-only"), 0o555);
  chmodSync(join(source, "p/setgid"), 0o2755);
  execFileSync("mknod", [join(source, "p/device"), "c", "1", "3"]);
  for (const made of [destination, join(root, "state")]) {
    mkdirSync(made);
    chownSync(made, nobody, nobody);
  }
  copyFileSync(commandBundle, join(root, "cli.cjs"));
  for (const open of [root, join(root, "cli.cjs")]) chmodSync(open, 0o755);
  return { source, destination };
}

/** A run of an account without rights but these. */
function run(at: ReturnType<typeof place>, having: readonly string[], ...more: readonly string[]): number | null {
  const names = ["-all", ...having.map((name) => `+${name.replace("CAP_", "").toLowerCase()}`)].join(",");
  const sets = ["--inh-caps", "--ambient-caps", "--bounding-set"].map((set) => `${set}=${names}`);
  const root = join(at.source, "..");
  const places = ["--source", at.source, "--destination", at.destination, "--report-dir", join(root, "state")];
  const { status } = spawnSync(
    "setpriv",
    [
      ...[`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", ...sets],
      ...[node, join(root, "cli.cjs"), ...places, ...more],
    ],
    { env: { PATH: process.env["PATH"], HOME: join(root, "state") } },
  );
  return status;
}

/** What one rsync of root would still change. */
function differences({ source, destination }: ReturnType<typeof place>, ...more: readonly string[]): string {
  return execFileSync("rsync", ["-ain", ...more, `${source}/p/`, `${destination}/p/`], { encoding: "utf8" });
}

const superToo = "--rsync-args=--super";

describe("the capabilities of the set-up", () => {
  test("are the table's, but for that of files' own", () => {
    expect(rows.map(({ name }) => name)).toEqual([...capabilities, "CAP_SETFCAP"]);
  });

  testUnless(unable)("together make an exact copy", async () => {
    const at = place();
    expect(run(at, capabilities, superToo)).toBe(0);
    expect(differences(at)).toBe("");
    // By now the destination belongs to the source's owner, and access(2) says that this account may not write there.
    expect(run(at, capabilities, superToo)).toBe(0);
  });

  for (const { name, outcome } of rows.filter((row) => row.name !== "CAP_SETFCAP"))
    testUnless(unable)(`without ${name} the run ${outcome}, and something is missing`, async () => {
      const at = place();
      const others = capabilities.filter((one) => one !== name);
      expect(run(at, others, superToo)).toBe(outcome === "fails" ? 1 : 0);
      expect(differences(at)).not.toBe("");
    });

  testUnless(unable ?? noSetcap)("CAP_SETFCAP is needed for files' own capabilities alone", async () => {
    const at = place();
    execFileSync("setcap", ["cap_net_raw+ep", join(at.source, "p/capable")]);
    expect(run(at, capabilities, superToo, "--preserve=xattrs")).toBe(1);
    expect(run(at, [...capabilities, "CAP_SETFCAP"], superToo, "--preserve=xattrs")).toBe(0);
    expect(differences(at, "-X")).toBe("");
  });

  testUnless(unable)(
    "are of no use without --super: the run is green, and owners and devices are not kept",
    async () => {
      const at = place();
      expect(run(at, capabilities)).toBe(0);
      expect(differences(at)).toMatch(/cD\+{9} device/);
      expect(differences(at)).toMatch(/^\.f\.{4,5}og\.* file$/m);
    },
  );

  testUnless(unable)("CAP_DAC_READ_SEARCH alone reads everything", async () => {
    const at = place();
    expect(run(at, ["CAP_DAC_READ_SEARCH"])).toBe(0);
    expect(readFileSync(join(at.destination, "p/closed/file"), "utf8")).toBe("p/closed/file");
  });

  testUnless(unable)("nothing at all reads what it may, and the run fails", async () => {
    expect(run(place(), [])).toBe(1);
  });
});

testUnless(noVisudo)("the sudoers line of the set-up is one", async () => {
  const [, line = ""] = /```\n(runner ALL=.*)\n```/.exec(page) ?? [];
  const file = join(emptyDirectory(), "sudoers");
  const check = (text: string) => {
    writeFileSync(file, `${text}\n`, { mode: 0o440 });
    return spawnSync("visudo", ["-cf", file]).status;
  };
  expect([line !== "", check(line), check(`${line} :`)]).toEqual([true, 0, 1]);
});

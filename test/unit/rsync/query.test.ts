import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { BytePath } from "../../../src/byte-path.ts";
import type { RsyncSettings } from "../../../src/rsync/arguments.ts";
import { type Asking, complaintAbout, passingFilters } from "../../../src/rsync/query.ts";
import { fakeRsync } from "../../support/fake-rsync.ts";
import { emptyDirectories, plant, raw } from "../../support/tree.ts";
import { plainSettings } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();
const [rsync = "", setsid = ""] = ["rsync", "setsid"].map((name) =>
  execFileSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(),
);

function asking(given: Partial<Asking> = {}): Asking {
  return { rsync, launcher: { command: [setsid], ownGroup: true }, directory: emptyDirectory(), ...given };
}

function settings(source: string, given: Partial<RsyncSettings>): RsyncSettings {
  return { ...plainSettings, source, destination: "/nonexistent", ...given };
}

const directories = ["a", "a/b", "a/b/c", "x", "x/b", "caf\xe9", "new\nline", "#c", "a/.h"].map(raw);

describe("directories that pass", () => {
  const all = [...directories];
  const without = (...gone: readonly string[]): BytePath[] => all.filter((path) => !gone.includes(path));
  test.each([
    ["no rules", {}, all],
    ["a rule that fits nothing", { exclude: ["absent"] }, all],
    ["a name anywhere", { exclude: ["b"] }, without("a/b", "a/b/c", "x/b")],
    ["an anchored name", { exclude: ["/x/b"] }, without("x/b")],
    ["a parent, with all below", { exclude: ["/a/"] }, without("a", "a/b", "a/b/c", "a/.h")],
    ["a name that is not UTF-8", { exclude: ["caf?"] }, without("caf\xe9")],
    ["a newline in a name", { exclude: ["new*"] }, without("new\nline")],
    ["hidden ones", { exclude: [".*"] }, without("a/.h")],
    ["an include that saves", { filter: ["+ /x/b"], exclude: ["b"] }, without("a/b", "a/b/c")],
    ["only what is included", { filter: ["+ /a/", "+ /a/b/", "- *"] }, ["a", "a/b"].map(raw)],
    ["files only", { exclude: ["*.tmp"] }, all],
    ["everything", { exclude: ["*"] }, []],
    ["a protection at the destination, which hides nothing", { filter: ["P b"] }, all],
  ])("%s", async (_name, rules, expected) => {
    const source = emptyDirectory();
    plant(
      source,
      directories.map((path) => `${path}/`),
    );
    const passing = await passingFilters(asking(), settings(source, rules), directories);
    expect([...passing].sort()).toEqual([...expected].sort());
  });

  test("are asked for without naming the parents, which still count", async () => {
    const source = emptyDirectory();
    plant(source, ["a/b/c/"]);
    const passing = await passingFilters(asking(), settings(source, { exclude: ["/a"] }), [raw("a/b/c")]);
    expect(passing).toEqual(new Set());
  });

  test("are none where nothing is asked", async () => {
    expect(await passingFilters(asking(), settings(emptyDirectory(), { exclude: ["x"] }), [])).toEqual(new Set());
  });

  test("one that vanished does not pass, the others do", async () => {
    const source = emptyDirectory();
    plant(source, ["a/"]);
    const passing = await passingFilters(asking(), settings(source, { exclude: ["x"] }), ["a", "gone"].map(raw));
    expect(passing).toEqual(new Set(["a"]));
  });

  test("nothing is written, and the question leaves nothing behind", async () => {
    const source = emptyDirectory();
    plant(source, ["a/file"]);
    const place = asking();
    await passingFilters(place, settings(source, { exclude: ["x"] }), [raw("a")]);
    expect(readdirSync(place.directory)).toEqual([]);
  });
});

describe("an rsync that does not answer", () => {
  test("is an error with its own words", async () => {
    const broken = fakeRsync(emptyDirectory(), "echo 'rsync: out of order' >&2; exit 12");
    const asked = passingFilters(asking({ rsync: broken }), settings("/", { exclude: ["x"] }), [raw("a")]);
    await expect(asked).rejects.toThrow(/rsync: out of order/);
  });

  test("and says nothing is an error with its exit code", async () => {
    const broken = fakeRsync(emptyDirectory(), "exit 12");
    const asked = passingFilters(asking({ rsync: broken }), settings("/", { exclude: ["x"] }), [raw("a")]);
    await expect(asked).rejects.toThrow(/12/);
  });
});

describe("what rsync accepts", () => {
  test.each([
    [{ filter: ["- *.tmp", "P keep", "+ x"] }],
    [{ exclude: ["*.tmp", "[a-", "--x"] }],
    [{ rsyncArgs: ["--checksum", "--modify-window=-1"] }],
    [{}],
  ])("%j", async (given) => {
    const place = asking();
    expect(await complaintAbout(place, settings("/nonexistent", given))).toBeUndefined();
  });
});

describe("what rsync does not accept is its own complaint:", () => {
  test.each([
    [{ filter: ["nonsense"] }, /Unknown filter rule: nonsense/],
    [{ filter: [". /nonexistent/rules"] }, /failed to open/],
    [{ rsyncArgs: ["--checksum-choice=none-such"] }, /none-such/],
    [{ rsyncArgs: ["--no-such-option"] }, /--no-such-option: unknown option/],
  ])("%j", async (given, complaint) => {
    const place = asking();
    expect(await complaintAbout(place, settings("/nonexistent", given))).toMatch(complaint);
  });
});

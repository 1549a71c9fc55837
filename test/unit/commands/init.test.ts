import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { markDestination } from "../../../src/commands/init.ts";
import { markerMissing } from "../../../src/preflight/marker.ts";
import { emptyDirectories } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

/** What init said and how it ended. */
function ran(args: readonly string[], cwd = "/nonexistent"): { status: number; said: string[]; errors: string[] } {
  const [said, errors]: [string[], string[]] = [[], []];
  const log = { info: (text: string) => void said.push(text), error: (text: string) => void errors.push(text) };
  const status = markDestination(args, { log, cwd, version: "1.2.3" });
  return { status, said, errors };
}

describe("dailysync init", () => {
  test("makes the file that the input marker asks for, with words for whoever finds it", async () => {
    const destination = emptyDirectory();
    const { status, said, errors } = ran([destination]);
    expect([status, errors]).toEqual([0, []]);
    expect(said).toEqual([expect.stringMatching(/^made ".*\.dailysync-destination": with marker: \.dailysync-dest/)]);
    expect(await markerMissing(destination, ".dailysync-destination")).toBeUndefined();
    const text = readFileSync(`${destination}/.dailysync-destination`, "utf8");
    expect(text).toMatch(/receives backups of dailysync.*Do not remove it.*Made \d{4}-\S+Z by dailysync 1\.2\.3/s);
  });

  test("of another name, in a place that is relative, has a blank or begins with a dash", () => {
    const cwd = emptyDirectory();
    for (const name of ["plain", "a b", "-x"]) mkdirSync(`${cwd}/${name}`);
    expect(ran(["plain", "--marker=here"], cwd).status).toBe(0);
    expect(ran(["--marker", "here", "a b"], cwd).status).toBe(0);
    expect(ran(["--", "-x"], cwd).status).toBe(0);
    expect(
      ["plain/here", "a b/here", "-x/.dailysync-destination"].filter((path) => existsSync(`${cwd}/${path}`)),
    ).toHaveLength(3);
  });

  test("again changes nothing and is no failure", () => {
    const destination = emptyDirectory();
    writeFileSync(`${destination}/.dailysync-destination`, "mine");
    const { status, said } = ran([destination]);
    expect([status, said]).toEqual([0, [expect.stringContaining("is there already, nothing was changed")]]);
    expect(readFileSync(`${destination}/.dailysync-destination`, "utf8")).toBe("mine");
  });

  test("follows no symbolic link under the marker's name", () => {
    const destination = emptyDirectory();
    symlinkSync(`${destination}/victim`, `${destination}/.dailysync-destination`);
    const { status, errors } = ran([destination]);
    expect([status, errors]).toEqual([1, [expect.stringContaining("is no regular file")]]);
    expect(readdirSync(destination)).toEqual([".dailysync-destination"]);
    expect(lstatSync(`${destination}/.dailysync-destination`).isSymbolicLink()).toBe(true);
  });

  test("into what is not there, or is no directory, says so and makes nothing", () => {
    const cwd = emptyDirectory();
    writeFileSync(`${cwd}/file`, "");
    expect(ran(["absent"], cwd)).toMatchObject({ status: 1, errors: [expect.stringMatching(/does not exist: make/)] });
    expect(ran(["file"], cwd)).toMatchObject({ status: 1, errors: [expect.stringContaining("is not a directory")] });
    expect(readdirSync(cwd)).toEqual(["file"]);
  });

  test.each([
    ["nothing", [], /takes one destination, and was given 0/],
    ["an empty destination", [""], /takes one destination/],
    ["two destinations", ["a", "b"], /takes one destination, and was given 2/],
    ["a flag that it has not", ["a", "--delete"], /Unknown option '--delete': write "dailysync init DESTINATION"/],
    ["a marker without a name", ["a", "--marker"], /--marker.*argument missing: write/],
    ["a marker that is a path", ["a", "--marker=b/c"], /marker "b\/c" is no name of a file/],
    [
      "the lock as marker",
      ["a", "--marker=.dailysync-lock"],
      /marker "\.dailysync-lock" is a file that every run makes/,
    ],
    ["an address", ["host:a"], /destination "host:a" looks like an address of another machine/],
    ["the root", ["/"], /destination "\/" is the root directory/],
  ])("of %s is wrong usage", (_name, args, words) => {
    const { status, said, errors } = ran(args);
    expect([status, said, errors.join("\n")]).toEqual([2, [], expect.stringMatching(words)]);
  });
});

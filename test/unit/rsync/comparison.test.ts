import { describe, expect, test } from "@jest/globals";
import { comparisonArguments, readComparedFile } from "../../../src/rsync/comparison.ts";
import { plainSettings } from "../../support/workshop.ts";

describe("the arguments of a comparison", () => {
  test("change nothing, and compare whatever the user's say", () => {
    const rsyncArgs = ["--no-times", "--max-size=1G", "--ignore-existing", "--checksum-choice=none", "--cc=none"];
    const args = comparisonArguments({ ...plainSettings, rsyncArgs, exclude: ["*.tmp"] }, false);
    expect(args).toEqual(expect.arrayContaining(["--dry-run", "--checksum", "--max-size=1G", "--exclude=*.tmp"]));
    expect(args.indexOf("--times")).toBeGreaterThan(args.indexOf("--no-times"));
    expect(args.filter((argument) => /ignore-existing|cc=|choice|noatime|timeout/.test(argument))).toEqual([]);
    expect(args.slice(-3)).toEqual(["--", "/source/", "/destination/"]);
  });

  test("leave access times alone where that is asked for", () => {
    expect(comparisonArguments(plainSettings, true)).toContain("--open-noatime");
  });
});

describe("a line about a file", () => {
  test.each([
    ["compared .f          5 rw-r--r-- a", "equal"],
    ["compared .f..t...... 5 rw-r--r-- a", "equal"],
    ["compared .f...p..... 5 rw-r--r-- a", "equal"],
    ["compared .f.......ax 5 rw-r--r-- a", "equal"],
    ["compared >fc........ 5 rw-r--r-- a", "different"],
    ["compared >fc..po.ax. 5 rw-r--r-- a", "different"],
    ["compared >fc.t...... 5 rw-r--r-- a", "changed"],
    ["compared >fcs....... 5 rw-r--r-- a", "changed"],
    ["compared >f+++++++++ 5 rw-r--r-- a", "absent"],
  ])("%s", (line, finding) => {
    expect(readComparedFile(line)).toEqual({ path: "a", bytes: 5, finding, openToAll: true });
  });

  test("has its name back, whatever is in it", () => {
    expect(readComparedFile("compared >fc........ 12 rw------- a b/\\#012\\#134#012\\#377")).toEqual({
      ...{ path: "a b/\n\\#012\xff", bytes: 12, finding: "different", openToAll: false },
    });
  });

  test("is none about anything else", () => {
    for (const line of [
      "compared .d          4096 rwxr-xr-x ./",
      "compared cL+++++++++ 1 rwxrwxrwx l",
      "Number of files: 3",
      "",
    ])
      expect(readComparedFile(line)).toBeUndefined();
  });
});

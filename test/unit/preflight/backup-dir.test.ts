import { mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type CheckedBackupDir, checkBackupDir } from "../../../src/preflight/backup-dir.ts";
import { readMounts } from "../../../src/preflight/mounts.ts";
import { checkDestination, type Place, placeAt } from "../../../src/preflight/places.ts";
import { mount, noMounts, testUnless, unmount } from "../../support/privileges.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

/** Checks a directory beside, in or above /source and /destination of a root. */
async function checked(root: string, backupDir: string, marker?: string): Promise<CheckedBackupDir> {
  const destination = `${root}/destination`;
  return checkBackupDir(
    { backupDir: `${root}${backupDir}`, destination, marker },
    placeAt(`${root}/source`),
    (await checkDestination(destination)).place as Place,
    readMounts(),
  );
}

function planted(...more: readonly string[]): string {
  const root = emptyDirectory();
  plant(root, ["source/alpha/x", "source/loose", "destination/alpha/x", ...more]);
  return root;
}

describe("a backup-dir is found by its real path", () => {
  test.each<[string, string, string, string | undefined]>([
    ["in the destination", "/destination/.versions", "/destination/.versions", ".versions"],
    ["deeper in it", "/destination/old/nights", "/destination/old/nights", "old"],
    ["beside it", "/versions", "/versions", undefined],
    ["through a link to the destination", "/way/.versions", "/destination/.versions", ".versions"],
    ["out of the destination", "/destination/out/new", "/away/new", undefined],
  ])("%s", async (_where, backupDir, realPath, topInDestination) => {
    const root = planted("destination/old/", "away/");
    symlinkSync("destination", `${root}/way`);
    symlinkSync("../away", `${root}/destination/out`);
    expect(await checked(root, backupDir)).toEqual({
      place: { realPath: `${root}${realPath}`, exists: false, identity: undefined, topInDestination },
      problems: [],
    });
  });

  test("where it is there already", async () => {
    const root = planted("destination/.versions/");
    expect((await checked(root, "/destination/.versions")).place).toMatchObject({ exists: true });
  });

  test("in a destination that is not there yet", async () => {
    const root = emptyDirectory();
    plant(root, ["source/alpha/x"]);
    expect((await checked(root, "/destination/.versions")).place).toMatchObject({ topInDestination: ".versions" });
  });

  testUnless(noMounts)("in the destination through a bind mount", async () => {
    const root = planted();
    expect(mount(`${root}/destination`, `${root}/bound`, "--bind")).toBe(0);
    try {
      expect((await checked(root, "/bound/.versions")).place).toMatchObject({ topInDestination: ".versions" });
    } finally {
      unmount(`${root}/bound`);
    }
  });
});

describe("a backup-dir is refused", () => {
  test.each<[string, string, RegExp]>([
    ["that is the destination", "/destination", /is destination itself: name a directory in it/],
    ["that is the destination by another name", "/way", /is destination itself/],
    ["that holds the destination", "", /holds destination/],
    ["that is the source", "/source", /same directory as source/],
    ["in the source", "/source/alpha/old", /lies inside source/],
    ["that is a project's copy", "/destination/alpha", /"alpha" of source is copied to: choose a name/],
    ["in a project's copy", "/destination/alpha/old", /"alpha" of source is copied to/],
    ["in the place of a loose file", "/destination/loose", /"loose" of source is copied to/],
    ["in a project's copy, but led out of it", "/destination/beta/old", /"beta" of source is copied to/],
    ["with the name of the lock", "/destination/.dailysync-lock", /needs for another purpose/],
    ["with the name of the marker", "/destination/here", /needs for another purpose/],
    ["that is a file", "/file", /is not a directory/],
    ["below a file", "/file/old", /cannot be used: ENOTDIR/],
    ["that is a link to nothing", "/dangling", /symbolic link to nothing/],
    ["without a parent", "/none/old", /parent directory ".*\/none" does not exist/],
    ["without a parent in the destination", "/destination/none/old", /parent directory ".*none" does not exist/],
  ])("%s", async (_which, backupDir, problem) => {
    const root = planted("source/beta/x", "file", "away/");
    symlinkSync("destination", `${root}/way`);
    symlinkSync("../away", `${root}/destination/beta`);
    symlinkSync("nothing", `${root}/dangling`);
    expect((await checked(root, backupDir, "here")).problems.join("\n")).toMatch(problem);
  });

  testUnless(noMounts)("on another file system", async () => {
    const root = planted();
    mkdirSync(`${root}/versions`);
    expect(mount("tmpfs", `${root}/versions`, "-t", "tmpfs", "-o", "size=64k")).toBe(0);
    try {
      for (const backupDir of ["/versions", "/versions/new"])
        expect((await checked(root, backupDir)).problems).toEqual([
          expect.stringContaining("is on another file system than destination"),
        ]);
    } finally {
      unmount(`${root}/versions`);
    }
  });
});

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type Mount, parseMounts } from "../../../src/measure/storage.ts";
import {
  type Checked,
  checkDestination,
  checkSource,
  notMounted,
  overlap,
  type Place,
} from "../../../src/preflight/places.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const asRoot = process.geteuid?.() === 0;

function mountsNow(): Mount[] {
  return parseMounts(readFileSync("/proc/self/mountinfo", "utf8"));
}

function placeOf({ place, problem }: Checked): Place {
  if (place === undefined) throw new Error(problem);
  return place;
}

describe("a source", () => {
  test("that is a directory with something in it is known by its real path", async () => {
    const root = emptyDirectory();
    plant(root, ["source/x"]);
    symlinkSync("source", `${root}/link`);
    expect(await checkSource(`${root}/link`, false)).toMatchObject({
      place: { realPath: `${root}/source`, exists: true },
      problem: undefined,
    });
  });

  test("whose only entry is not UTF-8 is not empty", async () => {
    const root = emptyDirectory();
    plant(root, ["caf\xe9"]);
    expect((await checkSource(root, false)).problem).toBeUndefined();
  });

  test.each([
    ["is absent", "absent", /^source ".*absent" does not exist: /],
    ["is a file", "file", /^source ".*file" is not a directory: /],
    ["is below a file", "file/x", /^source ".*" cannot be used: .*ENOTDIR/],
    ["is empty", "empty", /^source ".*empty" is empty, there is nothing to back up: is it mounted\?/],
    ["is a link to nothing", "broken", /^source ".*broken" does not exist/],
  ])("that %s is refused", async (_name, name, problem) => {
    const root = emptyDirectory();
    plant(root, ["file", "empty/"]);
    symlinkSync("nowhere", `${root}/broken`);
    expect((await checkSource(`${root}/${name}`, false)).problem).toMatch(problem);
  });

  test("that is empty, with delete, is refused for what would go", async () => {
    expect((await checkSource(emptyDirectory(), true)).problem).toMatch(
      /with delete everything at the destination would go/,
    );
  });

  // Modes do not bind root.
  (asRoot ? test.skip : test)("that cannot be read is refused, with what to do", async () => {
    const root = emptyDirectory();
    chmodSync(root, 0);
    expect((await checkSource(root, false)).problem).toMatch(/cannot be used by this user \(\d+\): give it the rights/);
    chmodSync(root, 0o700);
  });
});

describe("a destination", () => {
  test("that is there is known by its real path", async () => {
    const root = emptyDirectory();
    mkdirSync(`${root}/real`);
    symlinkSync("real", `${root}/link`);
    expect(placeOf(await checkDestination(`${root}/link`))).toMatchObject({ realPath: `${root}/real`, exists: true });
  });

  test("that is not there yet is known by its parent's real path", async () => {
    const root = emptyDirectory();
    mkdirSync(`${root}/real`);
    symlinkSync("real", `${root}/link`);
    expect(placeOf(await checkDestination(`${root}/link/new`))).toEqual({
      realPath: `${root}/real/new`,
      exists: false,
      identity: undefined,
    });
  });

  test.each([
    [
      "has no parent",
      "absent/new",
      /^destination ".*new" cannot be made: its parent directory ".*absent" does not exist/,
    ],
    ["is a file", "file", /^destination ".*file" is not a directory: give/],
    ["would be below a file", "file/new", /^destination ".*new"/],
  ])("that %s is refused", async (_name, name, problem) => {
    const root = emptyDirectory();
    writeFileSync(`${root}/file`, "");
    expect((await checkDestination(`${root}/${name}`)).problem).toMatch(problem);
  });

  // Modes do not bind root.
  (asRoot ? test.skip : test)("whose parent cannot be written is refused", async () => {
    const root = emptyDirectory();
    chmodSync(root, 0o500);
    expect((await checkDestination(`${root}/new`)).problem).toMatch(/cannot be used by this user/);
    chmodSync(root, 0o700);
  });
});

describe("places overlap:", () => {
  /** What is said of a source and a destination in a directory with `a/b/c`, `d`, and links to them. */
  async function said(source: string, destination: string): Promise<string | undefined> {
    const root = emptyDirectory();
    plant(root, ["a/b/c/x", "ab/x", "d/x"]);
    symlinkSync("a", `${root}/to-a`);
    symlinkSync("../a/b", `${root}/d/to-b`);
    const [from, to] = [
      await checkSource(`${root}/${source}`, false),
      await checkDestination(`${root}/${destination}`),
    ];
    return overlap(placeOf(from), placeOf(to), mountsNow());
  }

  const same = /^destination is the same directory as source/;
  const inside = /^destination ".*" lies inside source ".*"/;
  const around = /^source ".*" lies inside destination ".*"/;
  test.each([
    ["a", "a", same],
    ["a", "to-a", same],
    ["to-a", "a", same],
    ["a/b", "d/to-b", same],
    ["a", "a/b", inside],
    ["a", "a/b/c", inside],
    ["a", "a/new", inside],
    ["a", "to-a/new", inside],
    ["a", "d/to-b/new", inside],
    ["to-a", "a/b", inside],
    ["a/b", "a", around],
    ["a/b/c", "to-a", around],
    ["d/to-b", "a", around],
  ])("%s to %s", async (source, destination, problem) => {
    expect(await said(source, destination)).toMatch(problem);
  });

  test.each([
    ["a", "d"],
    ["a", "ab"],
    ["ab", "a"],
    ["a", "new"],
    ["a", "a-new"],
    ["a/b", "a/new"],
    ["d", "a/b"],
  ])("not %s to %s", async (source, destination) => {
    expect(await said(source, destination)).toBeUndefined();
  });
});

/** Whether this process may mount: root in a container may not be. */
function mayMount(): boolean {
  return asRoot && spawnSync("unshare", ["--mount", "true"]).status === 0;
}

(mayMount() ? describe : describe.skip)("places overlap through bind mounts:", () => {
  /** The same, with `from` mounted at `at` too. */
  async function said(from: string, at: string, source: string, destination: string): Promise<string | undefined> {
    const root = emptyDirectory();
    plant(root, ["a/b/c/x", "d/e/x"]);
    mkdirSync(`${root}/${at}`, { recursive: true });
    execFileSync("mount", ["--bind", `${root}/${from}`, `${root}/${at}`]);
    try {
      const [one, other] = [
        await checkSource(`${root}/${source}`, false),
        await checkDestination(`${root}/${destination}`),
      ];
      return overlap(placeOf(one), placeOf(other), mountsNow());
    } finally {
      execFileSync("umount", [`${root}/${at}`]);
    }
  }

  test.each([
    ["the source itself, mounted elsewhere", "a", "m", "a", "m", /same directory/],
    ["the source's parent, mounted elsewhere", "a", "m", "a/b", "m", /source .* lies inside destination/],
    ["below the source, mounted elsewhere", "a", "m", "a", "m/new", /destination .* lies inside source/],
    ["a directory of the source, mounted elsewhere", "a/b", "m", "a", "m", /show the same directory through a mount/],
    ["the destination mounted inside the source", "d", "a/m", "a", "d", /destination .* lies inside source/],
    ["below what is mounted inside the source", "d", "a/m", "a", "d/e", /destination .* lies inside source/],
    ["the source mounted inside the destination", "a", "d/m", "a", "d", /source .* lies inside destination/],
    ["a directory of the destination is the source", "d/e", "m", "m", "d", /show the same directory through a mount/],
  ])("%s", async (_name, from, at, source, destination, problem) => {
    expect(await said(from, at, source, destination)).toMatch(problem);
  });

  test("not a neighbour that is mounted somewhere", async () => {
    expect(await said("d/e", "m", "a", "m")).toBeUndefined();
  });
});

describe("what lies in a mounted file system:", () => {
  const mount = (mountPoint: string, deviceNumber: string): Mount =>
    ({ mountPoint, deviceNumber, fileSystem: "ext4", source: "/dev/x", root: "/" }) as Mount;
  const mounts = [mount("/", "8:1"), mount("/data", "8:2"), mount("/same", "8:1"), mount("/data/in", "8:1")];
  const place = (realPath: string): Place => ({ realPath, exists: true, identity: "1:1" });

  test.each(["/data", "/data/prod", "/data/prod/deep"])("%s does", (path) => {
    expect(notMounted("source", place(path), mounts)).toBeUndefined();
  });

  test.each(["/", "/home/x", "/database", "/same/x", "/data/in/x"])(
    "%s does not, being on the root file system",
    (path) => {
      expect(notMounted("destination", place(path), mounts)).toMatch(
        /^require-mount: destination ".*" lies on the root file system/,
      );
    },
  );

  test("nothing can be told without a mount table", () => {
    expect(notMounted("source", place("/data"), [])).toMatch(/mount table cannot be read/);
  });
});

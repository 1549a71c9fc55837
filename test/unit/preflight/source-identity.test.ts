import { describe, expect, test } from "@jest/globals";
import type { Mount } from "../../../src/measure/storage.ts";
import { sourceIdentity } from "../../../src/preflight/source-identity.ts";

const place = { realPath: "/data/prod", exists: true, identity: "45:2" };

function mount(given: Partial<Mount>): Mount {
  return {
    ...{
      deviceNumber: "0:45",
      root: "/",
      mountPoint: "/data/prod",
      fileSystem: "nfs4",
      source: "nas:/export",
      options: "",
    },
    ...given,
  };
}

describe("a source is known by", () => {
  test.each<[by: string, mounts: readonly Mount[], expected: string]>([
    ["what is mounted from where, whatever the number of the device", [mount({})], "nfs4 nas:/export"],
    [
      "the device file where that has no UUID here",
      [mount({ fileSystem: "ext4", source: "/dev/absent" })],
      "ext4 /dev/absent",
    ],
    [
      "the subvolume too, since each has a root of the same inode",
      [mount({ fileSystem: "btrfs", source: "/dev/absent", root: "/@prod" })],
      "btrfs /dev/absent /@prod",
    ],
    [
      "the device's number where the file system is a new one each time",
      [mount({ fileSystem: "tmpfs", source: "tmpfs" })],
      "tmpfs device 45",
    ],
  ])("%s", async (_by, mounts, fileSystem) => {
    expect(await sourceIdentity(place, mounts)).toEqual({ fileSystem, inode: "2" });
  });
});

test("a source cannot be told where the mount table cannot be read", async () => {
  expect(await sourceIdentity(place, [])).toBeUndefined();
});

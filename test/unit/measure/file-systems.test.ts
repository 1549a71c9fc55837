import { describe, expect, test } from "@jest/globals";
import { isNetworkFileSystem, isUserSpaceFileSystem, kindOf } from "../../../src/measure/file-systems.ts";

describe("a file system's type", () => {
  test.each([
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "ceph",
    "9p",
    "virtiofs",
    "fuse.sshfs",
    "fuse.s3fs",
    "fuse.rclone",
    "lustre",
  ])("%s is over the network", (type) => {
    expect(isNetworkFileSystem(type)).toBe(true);
  });

  test.each(["ext4", "fuse", "fuseblk", "fuse.bindfs", "fuse.mergerfs", "overlay", "zfs", "gfs2", "nfsd", ""])(
    "%j is not",
    (type) => {
      expect(isNetworkFileSystem(type)).toBe(false);
    },
  );

  test.each([
    ["fuse", true],
    ["fuseblk", true],
    ["fuse.sshfs", true],
    ["fuseblk.ntfs-3g", true],
    ["fusectl", false],
    ["nfs", false],
  ])("%s is answered by a process: %s", (type, expected) => {
    expect(isUserSpaceFileSystem(type)).toBe(expected);
  });
});

describe("a file system's kind", () => {
  test.each([
    ["ext4", "8:1", "block"],
    ["zfs", undefined, "block"],
    ["overlay", undefined, "block"],
    ["fuseblk", "8:1", "block"],
    ["fuse", undefined, "user-space"],
    ["fuse.sshfs", undefined, "network"],
    ["tmpfs", undefined, "memory"],
    ["proc", undefined, undefined],
  ] as const)("of %s on %s is %s", (type, deviceNumber, kind) => {
    expect(kindOf(type, deviceNumber)).toBe(kind);
  });
});

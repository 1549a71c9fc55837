import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseDiskCounters } from "../../../src/measure/proc.ts";
import { findMount, nearestRealPath, parseMounts, resolveStorage } from "../../../src/measure/storage.ts";

const mountInfo = `\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw,discard
31 27 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
38 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
50 27 253:0 / /data rw shared:5 master:2 - xfs /dev/mapper/vg-data rw
51 27 0:40 / /mnt/my\\040nas\\134x rw - nfs4 nas:/export\\040a rw,vers=4.2
52 27 0:41 /@home /home rw - btrfs /dev/mapper/crypt rw,subvol=/@home
53 27 0:42 / /mnt/ssh rw - fuse.sshfs me@host:/ rw
54 27 0:43 / /scratch rw - tmpfs tmpfs rw
55 27 8:17 / /mnt/twice rw - ext4 /dev/sdb1 rw
56 55 8:18 / /mnt/twice rw - ext4 /dev/sdb2 rw
57 27 8:33 / /no/source rw - ext4  rw
59 27 0:46 / /pool rw - zfs tank/data rw
60 27 0:47 / /merged rw - overlay overlay rw,lowerdir=/a
61 27 8:17 / /windows rw - fuseblk /dev/sdb1 rw
62 27 0:48 / /away rw - fuseblk /dev/gone rw
63 27 0:49 / /host rw - virtiofs share rw
garbage
58 27 8:99
`;

const diskStats = `\
8 1 sda1 1 0 1 1 1 0 1 1 0 1 1
8 17 sdb1 1 0 1 1 1 0 1 1 0 1 1
8 18 sdb2 1 0 1 1 1 0 1 1 0 1 1
253 0 dm-0 1 0 1 1 1 0 1 1 0 1 1
253 1 dm-1 1 0 1 1 1 0 1 1 0 1 1
`;

const mounts = parseMounts(mountInfo);
const devices = parseDiskCounters(diskStats);
const links = (path: string) => {
  if (path === "/dev/mapper/crypt") return "/dev/dm-1";
  throw new Error("ENOENT");
};

describe("what stands behind a path", () => {
  test.each([
    ["/srv/x", "sda1", "ext4", "block", "/"],
    ["/", "sda1", "ext4", "block", "/"],
    ["/data", "dm-0", "xfs", "block", "/data"],
    ["/data/prod/alpha", "dm-0", "xfs", "block", "/data"],
    ["/database", "sda1", "ext4", "block", "/"],
    ["/mnt/my nas\\x/backup", undefined, "nfs4", "network", "/mnt/my nas\\x"],
    ["/home/me", "dm-1", "btrfs", "block", "/home"],
    ["/mnt/ssh/a", undefined, "fuse.sshfs", "network", "/mnt/ssh"],
    ["/host/a", undefined, "virtiofs", "network", "/host"],
    ["/scratch", undefined, "tmpfs", "memory", "/scratch"],
    ["/mnt/twice/a", "sdb2", "ext4", "block", "/mnt/twice"],
    ["/pool/a", undefined, "zfs", "block", "/pool"],
    ["/merged", undefined, "overlay", "block", "/merged"],
    ["/windows", "sdb1", "fuseblk", "block", "/windows"],
    // Of these it cannot be told what they stand on.
    ["/away", undefined, "fuseblk", undefined, "/away"],
    ["/no/source", undefined, "ext4", undefined, "/no/source"],
    ["/sys/fs/cgroup/blkio", undefined, "cgroup", undefined, "/sys/fs/cgroup/blkio"],
  ])("%s: device %s, %s, kind %s at %s", (path, device, fileSystem, kind, mountPoint) => {
    expect(resolveStorage(path, mounts, devices, links).storage).toEqual({ device, fileSystem, kind, mountPoint });
  });

  test.each([
    ["bcachefs", "/dev/nowhere", "block"],
    ["btrfs", "/dev/nowhere", "block"],
    ["fuse.bindfs", "/data", "user-space"],
    ["fuse", "some", "user-space"],
  ])("of %s from %s is of the kind %s without a device", (fileSystem, source, kind) => {
    const mount = { deviceNumber: "0:99", root: "/", mountPoint: "/", fileSystem, source, options: "rw" };
    expect(resolveStorage("/a", [mount], devices, links).storage).toMatchObject({ device: undefined, kind });
  });

  test("is not known without a mount table", () => {
    expect(resolveStorage("/data", [], devices, links)).toEqual({
      storage: { device: undefined, fileSystem: undefined, kind: undefined, mountPoint: undefined },
      deviceNumber: undefined,
      mount: undefined,
    });
  });

  test("is counted under the device's number", () => {
    expect(resolveStorage("/home/me", mounts, devices, links).deviceNumber).toBe("253:1");
    expect(resolveStorage("/data", mounts, devices, links).deviceNumber).toBe("253:0");
  });
});

test("lines of the mount table that make no sense are skipped", () => {
  expect(mounts.map(({ mountPoint }) => mountPoint)).not.toContain(undefined);
  expect(mounts).toHaveLength(18);
});

test("options are those of the file system, not of the mount", () => {
  const options = (mountPoint: string) => mounts.find((mount) => mount.mountPoint === mountPoint)?.options;
  expect(options("/home")).toBe("rw,subvol=/@home");
  expect(options("/mnt/my nas\\x")).toBe("rw,vers=4.2");
  expect(
    parseMounts("60 27 0:44 / /a rw - cifs //nas/a\\040b rw,addr=10.0.0.5\n61 27 0:45 / /b rw - proc proc\n"),
  ).toEqual([
    expect.objectContaining({ source: "//nas/a b", options: "rw,addr=10.0.0.5" }),
    expect.objectContaining({ mountPoint: "/b", options: "" }),
  ]);
});

test("of relative paths nothing is found", () => {
  expect(findMount(mounts, "data")).toBeUndefined();
});

describe("the nearest real path", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "dailysync-storage-")));
  test.each([
    [root, root],
    [join(root, "a", "b", "c"), root],
    ["/surely/not/there", "/"],
  ])("of %s is %s", (path, nearest) => {
    expect(nearestRealPath(path)).toBe(nearest);
  });

  test("is found even when nothing can be resolved", () => {
    const failing = () => {
      throw new Error("EACCES");
    };
    expect(nearestRealPath("/a/b", failing)).toBe("/");
    rmSync(root, { recursive: true });
  });
});

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
    ["/srv/x", "sda1", "ext4", "/"],
    ["/", "sda1", "ext4", "/"],
    ["/data", "dm-0", "xfs", "/data"],
    ["/data/prod/alpha", "dm-0", "xfs", "/data"],
    ["/database", "sda1", "ext4", "/"],
    ["/mnt/my nas\\x/backup", undefined, "nfs4", "/mnt/my nas\\x"],
    ["/home/me", "dm-1", "btrfs", "/home"],
    ["/mnt/ssh/a", undefined, "fuse.sshfs", "/mnt/ssh"],
    ["/scratch", undefined, "tmpfs", "/scratch"],
    ["/mnt/twice/a", "sdb2", "ext4", "/mnt/twice"],
    ["/no/source", undefined, "ext4", "/no/source"],
    ["/sys/fs/cgroup/blkio", undefined, "cgroup", "/sys/fs/cgroup/blkio"],
  ])("%s: device %s, %s at %s", (path, device, fileSystem, mountPoint) => {
    expect(resolveStorage(path, mounts, devices, links).storage).toEqual({ device, fileSystem, mountPoint });
  });

  test("is not known without a mount table", () => {
    expect(resolveStorage("/data", [], devices, links)).toEqual({
      storage: { device: undefined, fileSystem: undefined, mountPoint: undefined },
      deviceNumber: undefined,
    });
  });

  test("is counted under the device's number", () => {
    expect(resolveStorage("/home/me", mounts, devices, links).deviceNumber).toBe("253:1");
    expect(resolveStorage("/data", mounts, devices, links).deviceNumber).toBe("253:0");
  });
});

test("lines of the mount table that make no sense are skipped", () => {
  expect(mounts.map(({ mountPoint }) => mountPoint)).not.toContain(undefined);
  expect(mounts).toHaveLength(13);
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

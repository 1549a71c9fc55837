import { describe, expect, test } from "@jest/globals";
import { type DeviceFiles, deviceChain } from "../../../src/measure/block-device.ts";

/** A directory in /sys/devices for each device. */
type Devices = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** /sys as far as these devices are in it. `slaves` are names of devices; everything else is a file. */
function sys(devices: Devices, backing: Readonly<Record<string, string>> = {}): DeviceFiles {
  const missing = (path: string) => Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
  const named = (name: string) => Object.entries(devices).find(([path]) => path.endsWith(`/${name}`));
  return {
    realPath: (path) => {
      const [, kind, wanted = ""] = /^\/sys\/(dev\/block|class\/block)\/(.*)$/.exec(path) ?? [];
      const found =
        kind === "class/block"
          ? named(wanted)
          : Object.entries(devices).find(([, files]) => files["dev"] === `${wanted}\n`);
      if (found === undefined) throw missing(path);
      return found[0];
    },
    list: (directory) => {
      const slaves = devices[directory.replace(/\/slaves$/, "")]?.["slaves"];
      if (slaves === undefined) throw missing(directory);
      return slaves.split(" ").filter((name) => name !== "");
    },
    readText: (path) => {
      const [, slave] = /\/slaves\/([^/]+)\/dev$/.exec(path) ?? [];
      const content =
        slave === undefined
          ? Object.entries(devices)
              .map(([directory, files]) =>
                path.startsWith(`${directory}/`) ? files[path.slice(directory.length + 1)] : undefined,
              )
              .find((text) => text !== undefined)
          : named(slave)?.[1]["dev"];
      if (content === undefined) throw missing(path);
      return content;
    },
    deviceOf: (path) => backing[path],
  };
}

const disk = "/sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block";
const sata: Devices = {
  [`${disk}/sda`]: { dev: "8:0\n", "queue/rotational": "1\n", slaves: "", "device/vendor": "ATA     \n" },
  [`${disk}/sda/sda1`]: { dev: "8:1\n", partition: "1\n" },
  [`${disk}/sda/sda2`]: { dev: "8:2\n", partition: "2\n" },
  [`${disk}/sdb`]: { dev: "8:16\n", "queue/rotational": "0\n", slaves: "" },
  [`${disk}/sdb/sdb1`]: { dev: "8:17\n", partition: "1\n" },
};
const virtual = "/sys/devices/virtual/block";

const names = (number: string, files: DeviceFiles) => deviceChain(number, files).map(({ name }) => name);

describe("below a device", () => {
  test("that is a partition lies its disk, whose kind is its own", () => {
    expect(deviceChain("8:1", sys(sata))).toEqual([
      { name: "sda1", deviceNumber: "8:1", rotational: true },
      { name: "sda", deviceNumber: "8:0", rotational: true },
    ]);
  });

  test("that is a disk lies nothing", () => {
    expect(deviceChain("8:16", sys(sata))).toEqual([{ name: "sdb", deviceNumber: "8:16", rotational: false }]);
  });

  test("lies all that it is made of: LVM on an encrypted partition and on a mirror", () => {
    const devices = {
      ...sata,
      [`${virtual}/dm-1`]: { dev: "253:1\n", slaves: "dm-0 md0", "queue/rotational": "1\n" },
      [`${virtual}/dm-0`]: { dev: "253:0\n", slaves: "sda1", "queue/rotational": "1\n" },
      [`${virtual}/md0`]: { dev: "9:0\n", slaves: "sda2 sdb1", "queue/rotational": "1\n" },
    };
    expect(deviceChain("253:1", sys(devices))).toEqual([
      { name: "dm-1", deviceNumber: "253:1", rotational: true },
      { name: "dm-0", deviceNumber: "253:0", rotational: true },
      { name: "sda1", deviceNumber: "8:1", rotational: true },
      { name: "sda", deviceNumber: "8:0", rotational: true },
      { name: "md0", deviceNumber: "9:0", rotational: true },
      { name: "sda2", deviceNumber: "8:2", rotational: true },
      { name: "sdb1", deviceNumber: "8:17", rotational: false },
      { name: "sdb", deviceNumber: "8:16", rotational: false },
    ]);
  });

  test("that is a loop lies the device of its file", () => {
    const devices = {
      ...sata,
      [`${virtual}/loop0`]: {
        dev: "7:0\n",
        slaves: "",
        "queue/rotational": "0\n",
        "loop/backing_file": "/srv/a.img\n",
      },
    };
    expect(names("7:0", sys(devices, { "/srv/a.img": "8:1" }))).toEqual(["loop0", "sda1", "sda"]);
  });

  test.each([
    ["lies on a file system without a device", "/srv/a.img\n"],
    ["was deleted", "/srv/a.img (deleted)\n"],
  ])("nothing more is known when a loop's file %s", (_, backingFile) => {
    const devices = { [`${virtual}/loop0`]: { dev: "7:0\n", "loop/backing_file": backingFile } };
    expect(names("7:0", sys(devices))).toEqual(["loop0"]);
  });

  test("nothing is known when the kernel does not show it", () => {
    expect(deviceChain("0:41", sys(sata))).toEqual([]);
    expect(names("8:1", sys({ "/sys/x/block/sda/sda1": { dev: "8:1\n", partition: "1\n" } }))).toEqual(["sda1"]);
  });

  test("each stands once, even if a loop lies on itself", () => {
    const devices = { [`${virtual}/loop0`]: { dev: "7:0\n", "loop/backing_file": "/mnt/loop/self.img\n" } };
    expect(names("7:0", sys(devices, { "/mnt/loop/self.img": "7:0" }))).toEqual(["loop0"]);
  });

  test("is no end of devices", () => {
    const stack = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [
        `${virtual}/dm-${level}`,
        { dev: `253:${level}\n`, slaves: `dm-${level + 1}` },
      ]),
    );
    expect(deviceChain("253:0", sys(stack))).toHaveLength(16);
  });
});

describe("whether disks turn", () => {
  const single = (name: string, files: Readonly<Record<string, string>>) =>
    deviceChain("1:1", sys({ [`/sys/devices/x/block/${name}`]: { dev: "1:1\n", ...files } }))[0]?.rotational;

  test.each([
    ["a hard disk", "sda", { "queue/rotational": "1\n", "device/model": "ST8000NM0055-1RM\n" }, true],
    ["an NVMe drive", "nvme0n1", { "queue/rotational": "0\n" }, false],
    ["a virtual disk, for which the kernel assumes it", "vda", { "queue/rotational": "1\n" }, undefined],
    ["a virtual disk that says no", "vda", { "queue/rotational": "0\n" }, false],
    [
      "a virtual SCSI disk",
      "sda",
      { "queue/rotational": "1\n", "device/vendor": "QEMU    \n", "device/model": "QEMU HARDDISK\n" },
      undefined,
    ],
    [
      "a disk of Azure",
      "sda",
      { "queue/rotational": "1\n", "device/vendor": "Msft    \n", "device/model": "Virtual Disk\n" },
      undefined,
    ],
    ["a disk that does not say", "sda", {}, undefined],
    ["a disk that says nonsense", "sda", { "queue/rotational": "\n" }, undefined],
  ])("of %s", (_, name, files, expected) => {
    expect(single(name, files)).toBe(expected);
  });

  test("cannot be known of what is built on a virtual disk", () => {
    const devices = {
      "/sys/devices/x/block/vda": { dev: "254:0\n", "queue/rotational": "1\n" },
      "/sys/devices/x/block/vda/vda1": { dev: "254:1\n", partition: "1\n" },
      [`${virtual}/dm-0`]: { dev: "253:0\n", slaves: "vda1", "queue/rotational": "1\n" },
    };
    expect(deviceChain("253:0", sys(devices)).map(({ rotational }) => rotational)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test("a slash in a name is an exclamation mark in /sys", () => {
  const devices = {
    "/sys/devices/x/block/cciss!c0d0": { dev: "104:0\n" },
    "/sys/devices/x/block/cciss!c0d0/cciss!c0d0p1": { dev: "104:1\n", partition: "1\n" },
  };
  expect(names("104:1", sys(devices))).toEqual(["cciss/c0d0p1", "cciss/c0d0"]);
});

test("on this machine nothing throws", () => {
  expect(deviceChain("999:999")).toEqual([]);
});

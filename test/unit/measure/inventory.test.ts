import { exec, spawnSync } from "node:child_process";
import { cpus, hostname, release } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { type Facts, inventory } from "../../../src/measure/inventory.ts";
import { withoutLeftovers } from "../../../src/measure/leftovers.ts";

const disk = { name: "sda", type: "disk", size: 4_000_787_030_016, physical: "HDD", model: "WDC WD40" };
const facts: Facts = {
  cpu: async () => ({ manufacturer: "AMD", brand: "EPYC 7302P" }),
  blockDevices: async () => [
    disk,
    { ...disk, name: "sda1", type: "part" },
    { ...disk, name: "zram0", size: 0 },
    { ...disk, name: "nvme0n1", physical: "SSD", model: "" },
  ],
  fsSize: async () => [
    { mount: "/", type: "ext4", size: 1024 ** 4, used: 1024 ** 4 / 4 },
    { mount: "/empty", type: "tmpfs", size: 0, used: 0 },
  ],
};
const failing = () => Promise.reject(new Error("no"));
const never = () => new Promise<never>(() => {});

describe("the inventory", () => {
  test("describes the machine", async () => {
    expect(await inventory(5000, async () => facts)).toMatchObject({
      host: hostname(),
      kernel: release(),
      operatingSystem: expect.stringMatching(/\w/),
      cpuModel: "AMD EPYC 7302P",
      cpus: cpus().length,
      memoryBytes: expect.any(Number),
      disks: ["sda: WDC WD40 HDD 3.64 TiB", "nvme0n1: SSD 3.64 TiB"],
      fileSystems: ["/: ext4, 1.00 TiB, 25 % in use"],
    });
  });

  test.each<[string, () => Promise<Facts>]>([
    ["cannot be loaded", failing],
    ["is not there in time", never],
    ["fails in each part", async () => ({ cpu: failing, blockDevices: failing, fsSize: failing })],
  ])("is made without systeminformation when it %s", async (_, load) => {
    const started = performance.now();
    expect(await inventory(100, load)).toMatchObject({
      host: hostname(),
      disks: [],
      fileSystems: [],
      cpus: cpus().length,
    });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test("keeps what came in time", async () => {
    const known = await inventory(100, async () => ({ ...facts, cpu: never }));
    expect(known.disks).toHaveLength(2);
    expect(known.cpuModel).toBe(cpus()[0]?.model);
  });

  test("keeps the disks when a dead mount holds up what is asked about file systems", async () => {
    const known = await inventory(100, async () => ({ ...facts, fsSize: never }));
    expect(known).toMatchObject({ disks: { length: 2 }, fileSystems: [] });
  });

  test("never knows a model called unknown", async () => {
    const known = await inventory(1000, async () => ({
      ...facts,
      cpu: async () => ({ manufacturer: "unknown", brand: "unknown" }),
    }));
    expect(known.cpuModel).toBe(cpus()[0]?.model);
  });

  // Only a Node that runs TypeScript itself can load the source in a process of its own.
  const withTypeScript = process.features.typescript ? test : test.skip;
  withTypeScript("made by the real systeminformation comes in time and ends the process in silence", () => {
    const module = fileURLToPath(new URL("../../../src/measure/inventory.ts", import.meta.url));
    const script = `import { inventory } from ${JSON.stringify(module)}; console.log(JSON.stringify(await inventory(1)));`;
    const started = performance.now();
    const child = spawnSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(child.stderr).toBe("");
    expect(JSON.parse(child.stdout)).toMatchObject({ host: hostname() });
    expect(child.status).toBe(0);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe("a task that starts processes of its own", () => {
  const alive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const gone = async (pid: number) => {
    for (let tries = 0; tries < 100 && alive(pid); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    return !alive(pid);
  };

  test("leaves none when it is given up, and others' are left alone", async () => {
    const ours = exec("exec sleep 60");
    let theirs: number | undefined;
    await withoutLeftovers(100, async () => {
      theirs = exec("exec sleep 60").pid;
      await never();
    });
    expect(await gone(theirs ?? 0)).toBe(true);
    expect(alive(ours.pid ?? 0)).toBe(true);
    ours.kill();
  });

  test("leaves none that it starts after it was given up", async () => {
    let late: number | undefined;
    let started: () => void = () => {};
    const later = new Promise<void>((resolve) => {
      started = resolve;
    });
    await withoutLeftovers(20, async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      late = exec("exec sleep 60").pid;
      started();
    });
    await later;
    expect(await gone(late ?? 0)).toBe(true);
  });

  test("may fail without consequence", async () => {
    await expect(withoutLeftovers(100, failing)).resolves.toBeUndefined();
  });
});

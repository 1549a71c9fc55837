import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cpus, hostname, release, totalmem, version } from "node:os";
import { bytes, percent } from "../report/format.ts";
import { withoutLeftovers } from "./leftovers.ts";
import type { Inventory } from "./measurement.ts";

/** The calls of systeminformation that the inventory uses. */
export interface Facts {
  cpu(): Promise<{ readonly manufacturer: string; readonly brand: string }>;
  blockDevices(): Promise<
    readonly {
      readonly name: string;
      readonly type: string;
      readonly size: number;
      readonly physical: string;
      readonly model: string;
    }[]
  >;
  fsSize(): Promise<
    readonly { readonly mount: string; readonly type: string; readonly size: number; readonly used: number }[]
  >;
}

/** Longer lists say nothing more about a backup and would only swell the report. */
const longestList = 32;

/**
 * Describes the machine. Never rejects and takes at most `timeoutMs`: what is not known by then stays undefined or empty,
 * and what systeminformation started for it is ended.
 *
 * Of systeminformation only calls that do not block are used: its `osInfo` runs `hostname -f`, which may ask a name server,
 * and its `networkInterfaces` a row of shells, both synchronously, so that a cancellation would have to wait for them.
 */
export async function inventory(
  timeoutMs: number,
  load: () => Promise<Facts> = () => import("systeminformation"),
): Promise<Inventory> {
  let cpuModel: string | undefined;
  let disks: readonly string[] = [];
  let fileSystems: readonly string[] = [];
  await withoutLeftovers(timeoutMs, async () => {
    const facts = await load();
    await Promise.all([
      facts.cpu().then((cpu) => {
        cpuModel = modelOf(cpu);
      }, ignore),
      facts.blockDevices().then((devices) => {
        disks = devices.filter((device) => device.type === "disk" && device.size > 0).map(describeDisk);
      }, ignore),
      // Runs df, which a dead mount holds up until the timeout.
      facts.fsSize().then((all) => {
        fileSystems = all.filter(({ size }) => size > 0).map(describeFileSystem);
      }, ignore),
    ]);
  });
  const known = basics();
  return {
    ...known,
    cpuModel: cpuModel ?? known.cpuModel,
    disks: disks.slice(0, longestList),
    fileSystems: fileSystems.slice(0, longestList),
  };
}

/** What can be told of the machine at once and without starting a process. */
export function basics(): Inventory {
  return {
    host: guarded(hostname),
    operatingSystem: guarded(operatingSystem),
    kernel: guarded(release),
    cpuModel: guarded(() => cpus()[0]?.model),
    cpus: guarded(() => cpus().length || undefined),
    memoryBytes: guarded(totalmem),
    disks: [],
    fileSystems: [],
    interfaces: (guarded(interfacesUp) ?? []).slice(0, longestList),
  };
}

function ignore(): void {}

function guarded<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function modelOf(cpu: { readonly manufacturer: string; readonly brand: string }): string | undefined {
  const model = [cpu.manufacturer, cpu.brand].filter((part) => part && part !== "unknown").join(" ");
  return model === "" ? undefined : model;
}

function describeDisk(disk: Awaited<ReturnType<Facts["blockDevices"]>>[number]): string {
  return [`${disk.name}:`, disk.model, disk.physical, bytes(disk.size)].filter((part) => part).join(" ");
}

function describeFileSystem({ mount, type, size, used }: Awaited<ReturnType<Facts["fsSize"]>>[number]): string {
  return `${mount}: ${type}, ${bytes(size)}, ${percent((100 * used) / size)} in use`;
}

/** The distribution's name for itself on Linux (os-release(5)), else what the system calls itself. */
function operatingSystem(): string {
  const name = guarded(() => /^PRETTY_NAME=(.*)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1]);
  return name?.replace(/^["']|["']$/g, "") || version();
}

/** The network cards that are up, with the speed that the kernel knows; virtual ones often know none. */
function interfacesUp(): string[] {
  const folder = "/sys/class/net";
  const described: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const read = (file: string) => guarded(() => readFileSync(`${folder}/${name}/${file}`, "utf8").trim());
    if (!existsSync(`${folder}/${name}/device`) || read("operstate") !== "up") continue;
    const megabits = Number(read("speed") ?? -1);
    described.push(megabits > 0 ? `${name}: ${megabits} Mbit/s` : `${name}: speed not known`);
  }
  return described;
}

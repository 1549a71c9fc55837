import type { CounterSample } from "./counters.ts";
import { unmeasured } from "./measurement.ts";
import { noLimits, type Sampler, type SamplerContext, unknownStorage } from "./sampler.ts";

/** One reading of the machine on a system without /proc. */
interface PortableReading {
  readonly sample: CounterSample;
  readonly memoryTotalBytes: number | undefined;
  /** What this system cannot tell, in words. */
  readonly missing: readonly string[];
}

/** Takes one reading, `atMs` after the start of the run. */
export type PortableReader = (atMs: number) => Promise<PortableReading>;

const limits = [
  "waiting for I/O: not known on this system",
  "single devices: the figures are those of all disks together",
] as const;

/**
 * Readings for systems without /proc (macOS), made of systeminformation. Its rates are those since its last call, so
 * the first reading has none. Loaded only here: on Linux it is neither needed nor right (its load counts waiting for I/O as idle,
 * and every figure starts a shell).
 */
export async function portableReader(): Promise<PortableReader> {
  const { mem, currentLoad, fsStats, networkStats } = await import("systeminformation");
  return async (atMs) => {
    const missing: string[] = [...limits];
    const guarded = async <Value>(name: string, reading: Promise<Value>): Promise<Value | undefined> => {
      try {
        return await reading;
      } catch {
        missing.push(`${name}: systeminformation could not tell`);
        return undefined;
      }
    };
    const [memory, load, disks, networks] = await Promise.all([
      guarded("memory", mem()),
      guarded("CPU load", currentLoad()),
      guarded("disks", fsStats()),
      guarded("network", networkStats("*")),
    ]);
    const cards = networks?.filter((network) => !/^lo\d*$/.test(network.iface));
    const sample: CounterSample = {
      ...unmeasured,
      atMs,
      cpuPercent: figure(load?.currentLoad),
      memoryUsedBytes: memory && figure(memory.total - memory.available),
      sourceReadBytesPerSecond: figure(disks?.rx_sec),
      destinationWriteBytesPerSecond: figure(disks?.wx_sec),
      networkReceivedBytesPerSecond: sum(cards?.map((card) => figure(card.rx_sec))),
      networkSentBytesPerSecond: sum(cards?.map((card) => figure(card.tx_sec))),
    };
    return { sample, memoryTotalBytes: figure(memory?.total), missing };
  };
}

/** systeminformation says null, NaN or −1 for what it does not know, whatever its types say. */
function figure(value: number | null | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function sum(values: readonly (number | undefined)[] | undefined): number | undefined {
  const known = values?.filter((value) => value !== undefined) ?? [];
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

/** The sampler for systems without /proc. */
export function portableSampler(load: () => Promise<PortableReader>, surroundings: SamplerContext): Sampler {
  const { now, startMs, missing, keep } = surroundings;
  let [totalBytes, lastMs]: [number | undefined, number] = [undefined, startMs];
  let reader: Promise<PortableReader> | undefined;
  let running: Promise<void> | undefined;
  const sample = async (): Promise<void> => {
    try {
      reader ??= load();
      const reading = await (await reader)(now() - startMs);
      for (const name of reading.missing) missing.add(name);
      totalBytes = reading.memoryTotalBytes ?? totalBytes;
      lastMs = now();
      keep({ ...reading.sample, atMs: lastMs - startMs });
    } catch {
      missing.add("the machine's figures: systeminformation failed");
    }
  };
  // One at a time: a reading starts processes and may take longer than the interval.
  const tick = () => {
    running ??= sample().finally(() => {
      running = undefined;
    });
  };
  return {
    source: () => unknownStorage,
    destination: () => unknownStorage,
    group: () => noLimits,
    tick,
    finish: async (shortestMs) => {
      if (running === undefined && now() - lastMs >= shortestMs) tick();
      // The run's end, maybe a cancellation with its deadline, does not wait for a slow reading.
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    },
    memoryTotalBytes: () => totalBytes,
  };
}

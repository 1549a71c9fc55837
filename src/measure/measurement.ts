/** One reading of the machine: means over the time since the last one. An undefined figure could not be read. */
export interface Sample {
  /** Milliseconds since the run started. */
  readonly atMs: number;
  /** Busy share of all CPUs, 0–100, without waiting for I/O. */
  readonly cpuPercent: number | undefined;
  /** Share of all CPUs that idled while I/O was outstanding, 0–100. */
  readonly iowaitPercent: number | undefined;
  /** Memory in use that could not be had back at once (total − available). */
  readonly memoryUsedBytes: number | undefined;
  /** Read from the device behind the source. */
  readonly sourceReadBytesPerSecond: number | undefined;
  /** Share of the time in which that device had a request in flight, 0–100. */
  readonly sourceBusyPercent: number | undefined;
  /** Written to the device behind the destination. */
  readonly destinationWriteBytesPerSecond: number | undefined;
  readonly destinationBusyPercent: number | undefined;
  /** Over all interfaces but loopback. */
  readonly networkReceivedBytesPerSecond: number | undefined;
  readonly networkSentBytesPerSecond: number | undefined;
}

/** What stands behind a directory. */
export interface Storage {
  /** The device as the kernel names it (`sda`, `dm-0`); undefined for network, FUSE and memory file systems. */
  readonly device: string | undefined;
  /** `ext4`, `nfs4`, `fuse.sshfs` …; undefined where the mount table cannot be read. */
  readonly fileSystem: string | undefined;
  readonly mountPoint: string | undefined;
}

/** What a run's meter saw. */
export interface Measurement {
  readonly intervalMs: number;
  readonly samples: readonly Sample[];
  readonly source: Storage;
  readonly destination: Storage;
  readonly memoryTotalBytes: number | undefined;
  /** What could not be read, in words. */
  readonly missing: readonly string[];
}

/** The machine that a run ran on, processor and disks from systeminformation; every field undefined where it cannot be told. */
export interface Inventory {
  readonly host: string | undefined;
  readonly operatingSystem: string | undefined;
  readonly kernel: string | undefined;
  readonly cpuModel: string | undefined;
  readonly cpus: number | undefined;
  readonly memoryBytes: number | undefined;
  /** One line a disk: name, kind and size. */
  readonly disks: readonly string[];
  /** One line an interface that is up: name and speed. */
  readonly interfaces: readonly string[];
}

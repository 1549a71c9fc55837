// Causes that lie in disks.
import { controlGroup } from "./control-group.mjs";
import { diskBytesPerSecond, films, makeFiles } from "./data.mjs";
import { readAheadLittle, throttleWriteback, writeBehindLittle } from "./loop-disk.mjs";
import { destinationDisk, diskOfFilms, memoryDestination, sourceDisk } from "./place.mjs";

const rate = diskBytesPerSecond;
const rateInWords = `${(rate / 1e6).toFixed(0)} MB/s`;

/** See cases.mjs. */
export const diskCases = [
  {
    name: "source-throttled",
    right: ["source-disk"],
    made: `the control group may read ${rateInWords} of the source's disk (blkio.throttle.read_bps_device), which is never busy`,
    async prepare() {
      const { source, device } = await diskOfFilms();
      const groups = [await throttled([device, { read_bps: rate }])];
      return { source, destination: await memoryDestination(), groups };
    },
  },
  {
    name: "source-iops",
    right: ["source-disk"],
    made: "the control group may read 150 times a second of the source's disk (blkio.throttle.read_iops_device), which holds 6,000 files of 120 KB",
    async prepare() {
      const { source, device } = await sourceDisk(1_000_000_000, (directory) => makeFiles(directory, 500, 120_000));
      const groups = [await throttled([device, { read_iops: 150 }])];
      return { source, destination: await memoryDestination(), groups };
    },
  },
  {
    name: "source-busy",
    right: ["source-disk"],
    made: `a source disk that reads ${rateInWords} (slow-disk.c)`,
    async prepare() {
      const { source } = await diskOfFilms({ bytesPerSecond: rate });
      return { source, destination: await memoryDestination() };
    },
  },
  {
    name: "too-many-lanes",
    right: ["parallelism-too-high", "source-disk"],
    made: "--parallelism 16 on a source disk that reads 80 MB/s from four files at a time and else seeks for 8 ms (slow-disk.c); a run with --parallelism 2 came before",
    async prepare() {
      // Holes make the files look large, so that there are enough rsyncs for 16 lanes.
      const fill = (directory) => makeFiles(directory, 10, 8_400_000, 32_000_000);
      const slow = { bytesPerSecond: 80_000_000, seekMicroseconds: 8000, streams: 4 };
      const { source, device } = await sourceDisk(1_300_000_000, fill, slow);
      await readAheadLittle(device);
      const flags = ["--parallelism", "16"];
      return { source, destination: await memoryDestination(), flags, flagsBefore: ["--parallelism", "2"] };
    },
  },
  {
    name: "destination-throttled",
    right: ["destination-disk"],
    made: `the kernel writes ${rateInWords} to the destination's disk (blkio.throttle.write_bps_device of all), and 16 MiB may wait in memory (bdi max_bytes)`,
    async prepare() {
      const { destination, device } = await destinationDisk();
      await writeBehindLittle(device);
      await throttleWriteback(device, rate);
      return { source: await films(), destination };
    },
  },
  {
    name: "destination-busy",
    right: ["destination-disk"],
    made: `a destination disk that writes ${rateInWords} (slow-disk.c), and 16 MiB may wait in memory`,
    async prepare() {
      const { destination, device } = await destinationDisk({ slow: { bytesPerSecond: rate } });
      await writeBehindLittle(device);
      return { source: await films(), destination };
    },
  },
  {
    name: "destination-fsync",
    right: ["destination-disk"],
    made: `--fsync, and the control group may write ${rateInWords} to the destination's disk (blkio.throttle.write_bps_device)`,
    async prepare() {
      const { destination, device } = await destinationDisk();
      const groups = [await throttled([device, { write_bps: rate }])];
      return { source: await films(), destination, flags: ["--rsync-args=--fsync"], groups };
    },
  },
  {
    name: "mixed-two-disks",
    right: ["source-disk", "destination-disk"],
    together: true,
    made: `--fsync, and the control group may read ${rateInWords} of the source's disk and write as much to the destination's`,
    async prepare() {
      const { source, device } = await diskOfFilms();
      const { destination, device: other } = await destinationDisk();
      const groups = [await throttled([device, { read_bps: rate }], [other, { write_bps: rate }])];
      return { source, destination, flags: ["--rsync-args=--fsync"], groups };
    },
  },
];

/** A control group with limits of what it may do with devices: pairs of a device and { read_bps: … } or the like. */
function throttled(...pairs) {
  const settings = pairs.flatMap(([{ number }, limits]) =>
    Object.entries(limits).map(([name, most]) => [`blkio.throttle.${name}_device`, `${number} ${most}`]),
  );
  return controlGroup("blkio", Object.fromEntries(settings));
}

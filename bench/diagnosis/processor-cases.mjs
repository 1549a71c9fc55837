// Causes that lie in computing: too little of it, or one process that does it all.
import { emptyDirectory } from "../workspace.mjs";
import { controlGroup } from "./control-group.mjs";
import { makeHoles, namesInProjects, smallFilesByLinks } from "./data.mjs";
import { memoryDestination } from "./place.mjs";

/** See cases.mjs. */
export const processorCases = [
  {
    name: "cpu-quota",
    right: ["cpu-quota"],
    made: "a quota of 30 % of one CPU (cpu.cfs_quota_us) for dailysync and its rsyncs, which copy 130,000 small files in memory",
    async prepare() {
      return {
        source: await smallFilesByLinks(130_000),
        destination: await memoryDestination(),
        groups: [await quota(30)],
      };
    },
  },
  {
    name: "cpu-saturated",
    right: ["cpu"],
    made: "--checksum and --parallelism 4 over 1,200 files that are the same on both sides, 180 GB of holes in memory, so that reading and computing is all there is",
    async prepare() {
      const names = namesInProjects(100);
      const source = await holes("source", names, 150_000_000);
      const destination = await holes("destination", names, 150_000_000);
      return { source, destination, flags: ["--parallelism", "4", "--rsync-args=--checksum"] };
    },
  },
  {
    name: "one-thread",
    right: ["single-thread"],
    made: "--checksum over a single file of 55 GB of holes in memory, which one process reads from end to end; what is there is left alone (--ignore-existing)",
    async prepare() {
      const source = await holes("source", ["machine/disk"], 55_000_000_000);
      const destination = await holes("destination", ["machine/disk"], 55_000_000_000);
      return { source, destination, flags: ["--rsync-args=--checksum", "--rsync-args=--ignore-existing"] };
    },
  },
  {
    name: "healthy-long",
    right: ["cpu"],
    made: "750,000 small files copied in memory, with nothing in the way",
    async prepare() {
      return { source: await smallFilesByLinks(750_000), destination: await memoryDestination() };
    },
  },
  {
    name: "healthy-short",
    right: ["too-short"],
    made: "45,000 small files copied in memory",
    async prepare() {
      return { source: await smallFilesByLinks(45_000), destination: await memoryDestination() };
    },
  },
];

/** A control group with so many percent of one CPU. */
export function quota(percent) {
  return controlGroup("cpu", { "cpu.cfs_period_us": 100_000, "cpu.cfs_quota_us": percent * 1000 });
}

async function holes(side, names, bytes) {
  const directory = await emptyDirectory("case", side);
  makeHoles(directory, names, bytes);
  return directory;
}

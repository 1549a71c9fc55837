// What is measured, and what must be reached.
import { secondsBehindOneRsync, timesAsLongAsOneRsync, timesBestPeer, timesOneRsync, timesPool } from "./targets.mjs";

/**
 * A workload is
 * - name: what --only takes and the section is called;
 * - title: what it is, in words;
 * - data: see data-sets.mjs;
 * - latency: whether both sides are behind mounts that answer after half a millisecond;
 * - start: what the destination is before, see preparePlace;
 * - deletes: whether every tool runs with deletion;
 * - measure: "compare" with the peers, "parallelism", "idle-lanes" or "memory";
 * - targets: of "compare", see targets.mjs.
 */
const compared = [
  {
    name: "latency-cold",
    title: "20,000 real files in 12 projects, 2,500 of them in one flat directory, empty destination",
    data: "real-20000",
    latency: true,
    start: "cold",
    targets: [timesOneRsync(10), timesBestPeer(1.5)],
  },
  {
    name: "latency-unchanged",
    title: "the same 20,000 files, complete destination",
    data: "real-20000",
    latency: true,
    start: "unchanged",
    targets: [timesOneRsync(6), timesBestPeer(3)],
  },
  {
    name: "latency-changed",
    title: "the same 20,000 files, 1 % changed and 1 % deleted at the source, with deletion",
    data: "real-20000-changed",
    latency: true,
    start: "changed",
    deletes: true,
    targets: [timesOneRsync(6)],
  },
  {
    name: "tmpfs-cold",
    title: "30,000 real files in 12 projects, empty destination",
    data: "real-30000",
    start: "cold",
    targets: [secondsBehindOneRsync(0.25), timesBestPeer(1)],
  },
  {
    name: "tmpfs-unchanged",
    title: "the same 30,000 files, complete destination",
    data: "real-30000",
    start: "unchanged",
    targets: [secondsBehindOneRsync(0.35), timesBestPeer(1)],
  },
  {
    name: "kernel-cold",
    title: "a kernel source tree, about 80,000 files and 1.3 GB, empty destination",
    data: "kernel",
    start: "cold",
    targets: [timesAsLongAsOneRsync(0.9)],
  },
  {
    name: "many-projects",
    title: "5,000 projects of three small files, empty destination",
    data: "many-projects",
    start: "cold",
    targets: [timesPool(8), timesAsLongAsOneRsync(2)],
  },
  {
    name: "one-directory",
    title: "one directory of 200,000 small files, empty destination",
    data: "one-directory-200000",
    start: "cold",
    targets: [timesAsLongAsOneRsync(1)],
  },
  {
    name: "one-directory-latency",
    title: "one directory of 20,000 small files, empty destination",
    data: "one-directory-20000",
    latency: true,
    start: "cold",
    targets: [timesOneRsync(5)],
  },
].map((workload) => ({ latency: false, deletes: false, measure: "compare", ...workload }));

const skewed = {
  name: "skewed",
  title: "4,000 real files in one project, 1,333 in forty small ones, empty destination",
  data: "skewed",
  latency: true,
  start: "cold",
  deletes: false,
  measure: "idle-lanes",
};

const memory = {
  name: "memory",
  title: "1,000,000 empty files in 50,000 directories",
  data: "million",
  latency: false,
  deletes: false,
  measure: "memory",
};

/** All workloads, in the order of the results. */
export const workloads = [
  ...compared,
  skewed,
  memory,
  ...[...compared, skewed].map((workload) => ({
    ...workload,
    name: `parallelism-${workload.name}`,
    measure: "parallelism",
  })),
];

/** The workloads whose names begin with one of these; throws for one that fits none. */
export function chosenWorkloads(beginnings) {
  for (const beginning of beginnings)
    if (!workloads.some(({ name }) => name.startsWith(beginning)))
      throw new Error(
        `There is no workload ${beginning}. Choose from ${workloads.map(({ name }) => name).join(", ")}.`,
      );
  return workloads.filter(({ name }) => beginnings.some((beginning) => name.startsWith(beginning)));
}

// Causes of other kinds: limits that someone set, and errors.
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { output } from "../processes.mjs";
import { emptyDirectory } from "../workspace.mjs";
import { controlGroup } from "./control-group.mjs";
import { diskBytesPerSecond, films, makeHoles, namesInProjects, smallFilesByLinks } from "./data.mjs";
import { destinationDisk, memoryDestination } from "./place.mjs";
import { swapToZram } from "./zram-swap.mjs";

/** See cases.mjs. */
export const otherCases = [
  {
    name: "memory-limit",
    right: ["memory"],
    made: "a limit of 64 MiB of memory (memory.limit_in_bytes) for dailysync and its rsyncs, which compare 600,000 files on both sides, and swap space from which they may read 1,200 times a second (zram, blkio.throttle.read_iops_device); --parallelism 16, since auto would choose 1",
    async prepare() {
      const source = await smallFilesByLinks(600_000);
      const destination = await emptyDirectory("case", "destination");
      await output("cp", ["-a", "--link", "--", `${source}/.`, destination]);
      const { number } = await swapToZram(1024 * 1024 * 1024);
      const groups = [
        await controlGroup("memory", { "memory.limit_in_bytes": 64 * 1024 * 1024 }),
        await controlGroup("blkio", { "blkio.throttle.read_iops_device": `${number} 1200` }),
      ];
      return { source, destination, groups, flags: ["--parallelism", "16"] };
    },
  },
  {
    name: "bandwidth-limit",
    right: ["bandwidth-limit"],
    made: "the input bandwidth-limit",
    async prepare() {
      return {
        source: await films(),
        destination: await memoryDestination(),
        flags: ["--bandwidth-limit", `${Math.round(diskBytesPerSecond / 1000)}KB`],
      };
    },
  },
  {
    name: "errors",
    right: ["errors"],
    made: "a destination that is filled by someone else as soon as the copying begins, so that every rsync fails and is tried again",
    async prepare() {
      const source = await emptyDirectory("case", "source");
      makeHoles(source, namesInProjects(7), 120_000_000);
      const { destination } = await destinationDisk({ bytes: 12_000_000_000, sparse: true });
      return { source, destination, meanwhile: (signal) => fillOnceUsed(destination, signal) };
    },
  },
];

/** Fills the disk when the first project has arrived. */
async function fillOnceUsed(destination, signal) {
  while (!existsSync(join(destination, "project-0"))) await pause(20, undefined, { signal });
  const { bavail, bsize } = await statfs(destination);
  // It takes what there is and then fails, since the rsyncs have taken some meanwhile.
  await output("fallocate", ["--length", String(bavail * bsize), `${destination}-filler`]).catch(() => {});
}

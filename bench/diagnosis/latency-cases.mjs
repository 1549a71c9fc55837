// Causes that lie in storage that takes its time to answer, and in too few rsyncs for it.
import { join } from "node:path";
import { emptyDirectory } from "../workspace.mjs";
import { makeHoles, smallFiles } from "./data.mjs";
import { farAway, memoryDestination } from "./place.mjs";
import { quota } from "./processor-cases.mjs";

/** See cases.mjs. */
export const latencyCases = [
  {
    name: "source-latency",
    right: ["source-latency"],
    made: "a source that answers after 20 ms, with 16,000 small files",
    async prepare() {
      return {
        source: await farAway("far-source", await smallFiles(16_000), 20),
        destination: await memoryDestination(),
      };
    },
  },
  {
    name: "destination-latency",
    right: ["destination-latency"],
    made: "a destination that answers after 20 ms, for 9,000 small files",
    async prepare() {
      return { source: await smallFiles(9000), destination: await farDestination(20) };
    },
  },
  {
    name: "skew",
    right: ["skew"],
    made: "a source that answers after 5 ms, with one film of 1.8 GB beside eleven projects of a few small files",
    async prepare() {
      const source = await smallFiles(1200);
      makeHoles(source, ["project-film/film"], 1_800_000_000);
      return { source: await farAway("far-source", source, 5), destination: await memoryDestination() };
    },
  },
  {
    name: "too-few-lanes",
    right: ["parallelism-too-low", "source-latency"],
    made: "--parallelism 1 where the source answers after 2 ms, with 3,600 small files",
    async prepare() {
      return {
        source: await farAway("far-source", await smallFiles(3600), 2),
        destination: await memoryDestination(),
        flags: ["--parallelism", "1"],
      };
    },
  },
  {
    name: "mixed-two-latencies",
    right: ["source-latency", "destination-latency"],
    together: true,
    made: "a source that answers after 20 ms and a destination that does after 10 ms, 8,000 small files",
    async prepare() {
      return {
        source: await farAway("far-source", await smallFiles(8000), 20),
        destination: await farDestination(10),
      };
    },
  },
  {
    name: "mixed-quota-and-latency",
    right: ["cpu-quota", "source-latency"],
    together: true,
    made: "a source that answers after 20 ms, with 6,000 small files, and a quota of 30 % of one CPU",
    async prepare() {
      return {
        source: await farAway("far-source", await smallFiles(6000), 20),
        destination: await memoryDestination(),
        groups: [await quota(30)],
      };
    },
  },
];

async function farDestination(milliseconds) {
  const behind = await emptyDirectory("case", "destination");
  return join(await farAway("far-destination", behind, milliseconds), "backup");
}

// Measures dailysync against its peers. Usage: npm run bench -- [--only WORKLOADS] [--runs N] [--peers NAMES] [--quick] ...
// Or tries whether it names what limits a run. Usage: npm run bench -- diagnosis ...
// --help says what there is; CONTRIBUTING.md how it measures.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compare } from "./comparison.mjs";
import { dataSet } from "./data-sets.mjs";
import { benchDiagnosis } from "./diagnosis/diagnosis.mjs";
import { measureIdleLanes } from "./idle-lanes.mjs";
import { compile } from "./latency-mount.mjs";
import { machine, ownVersion, versions } from "./machine.mjs";
import { measureMemory } from "./memory.mjs";
import { compareParallelism } from "./parallelism.mjs";
import { findPeers, peerNames } from "./peers.mjs";
import { preparePlace } from "./place.mjs";
import { writeSection } from "./results.mjs";
import { fileSystemInWords } from "./room.mjs";
import { section } from "./section.mjs";
import { chosenWorkloads, workloads } from "./workloads.mjs";
import { emptyDirectory, end, isEnding, makeWorkspace } from "./workspace.mjs";

const help = `Usage: npm run bench -- [options]
       npm run bench -- diagnosis [options], see npm run bench -- diagnosis --help

  --only NAMES      workloads that begin with these, separated by commas; all without it
  --list            list the workloads and end
  --runs N          rounds, in which all take turns (default: 3)
  --peers NAMES     of ${peerNames.join(", ")}, separated by commas; all without it
  --directory PATH  where the data is put and removed again (default: /dev/shm); keep to a tmpfs
  --results FILE    the results, of which a run replaces its own sections (default: bench/RESULTS.md)
  --quick           a tenth of the data, to try the benchmark itself; writes results only with --results`;

const delayMicroseconds = 500;

const options = {
  only: { type: "string" },
  list: { type: "boolean" },
  runs: { type: "string", default: "3" },
  peers: { type: "string", default: peerNames.join(",") },
  directory: { type: "string", default: "/dev/shm" },
  results: { type: "string" },
  quick: { type: "boolean", default: false },
  help: { type: "boolean" },
};

try {
  const [first, ...words] = process.argv.slice(2);
  if (first === "diagnosis") await benchDiagnosis(words);
  else await benchPeers();
} catch (error) {
  // What fails because the end has begun is no news.
  if (isEnding()) await new Promise(() => {});
  console.error(`\n${error.message}`);
  process.exitCode = 1;
} finally {
  await end();
}

async function benchPeers() {
  const { values } = parseArgs({ options });
  if (values.help) console.log(help);
  else if (values.list) for (const { name, title } of workloads) console.log(`${name.padEnd(34)} ${title}`);
  else await bench(values);
}

async function bench(values) {
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs is ${values.runs}. Give a whole number from 1.`);
  const names = values.peers.split(",").filter((name) => name !== "");
  const unknown = names.find((name) => !peerNames.includes(name));
  if (unknown !== undefined) throw new Error(`There is no peer ${unknown}. Choose from ${peerNames.join(", ")}.`);
  const chosen = chosenWorkloads(values.only === undefined ? [""] : values.only.split(","));
  const results = values.results ?? (values.quick ? undefined : fileURLToPath(new URL("RESULTS.md", import.meta.url)));

  const workspace = makeWorkspace(values.directory);
  // In the order of the tables, whatever the order of the words.
  const peers = await findPeers(peerNames.filter((name) => names.includes(name)));
  const mountProgram = chosen.some(({ latency }) => latency)
    ? await compile(await emptyDirectory("program"))
    : undefined;
  const about = { machine: machine(), versions: await versions(peers) };
  console.log(`${about.machine}\n${about.versions}\nData in ${workspace}, ${runs} rounds`);

  const where = fileSystemInWords(workspace);
  const scale = values.quick ? 0.1 : 1;
  for (const workload of byData(chosen)) {
    console.log(`\n${workload.name}: ${workload.title}`);
    const data = await dataSet(workload.data, scale);
    const place = await preparePlace(data, workload.latency ? mountProgram : undefined, delayMicroseconds);
    const outcome = await measure(workload, { workload, place, projects: data.projects, peers, runs });
    await place.close();
    const day = new Date().toISOString().slice(0, 10);
    const line = `${day}, dailysync ${await ownVersion()}, ${runs === 1 ? "one round" : `medians of ${runs} rounds`}${values.quick ? ", a tenth of the data" : ""}`;
    const text = section(workload, outcome, { line, where });
    console.log(`\n${text}`);
    if (results !== undefined) writeSection(results, workload.name, text, about);
  }
  if (results !== undefined) console.log(`\nWritten to ${results}`);
}

async function measure(workload, given) {
  switch (workload.measure) {
    case "parallelism":
      return compareParallelism(given);
    case "idle-lanes":
      return measureIdleLanes(given);
    case "memory":
      return measureMemory(given);
    default: {
      const contenders = await compare(given);
      return { contenders, targets: workload.targets.map(({ text, judge }) => ({ text, ...judge(contenders) })) };
    }
  }
}

/** Workloads that share their data one after the other, so that it is made once. */
function byData(chosen) {
  const order = [...new Set(chosen.map(({ data }) => data))];
  return chosen.toSorted((one, other) => order.indexOf(one.data) - order.indexOf(other.data));
}

// How long the bundles take to the first line of their work, beside what node itself needs. Usage: node bench/start-up.mjs
// The action reads its inputs first, so that the refusal of a run without any is its first line.
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const rounds = 21;
const dist = (file) => fileURLToPath(new URL(`../dist/${file}`, import.meta.url));

/** Milliseconds of one start, in an environment without inputs. */
function start(words) {
  const started = performance.now();
  spawnSync(process.execPath, words, {
    stdio: "ignore",
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, RUNNER_TEMP: tmpdir() },
  });
  return performance.now() - started;
}

/** The median of several figures. */
function median(figures) {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
}

const cases = {
  "node itself": ["-e", "0"],
  "cli.cjs --version": [dist("cli.cjs"), "--version"],
  "cli.cjs --help": [dist("cli.cjs"), "--help"],
  "index.cjs, refused for want of inputs": [dist("index.cjs")],
};
console.log(`Node ${process.versions.node}, medians of ${rounds} starts taken in turns`);
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < rounds; round++)
  for (const [name, words] of Object.entries(cases)) times[name].push(start(words));
for (const [name, figures] of Object.entries(times))
  console.log(`${median(figures).toFixed(0).padStart(5)} ms  ${name}`);

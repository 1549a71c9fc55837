// Shows dailysync at work, on a fresh clone too: backs up this repository's directories, node_modules with them, as projects;
// once into an empty destination and once again unchanged. Then one rsync checks that nothing differs.
// Everything lies below .demo/, which git ignores and every start clears.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();

const demo = join(root, ".demo");
const source = join(demo, "source");
const destination = join(demo, "destination");

title(`Making a source to back up: ${shown(source)}, with every directory of this repository as a project`);
rmSync(demo, { recursive: true, force: true });
mkdirSync(source, { recursive: true });
// Hard links where the file system can: the copy costs neither space nor time. .demo itself cannot be part of its source.
rsync([
  "-a",
  "--exclude=/.git",
  "--exclude=/.demo",
  "--exclude=/.dailysync",
  `--link-dest=${root}`,
  root,
  `${source}/`,
]);

await backUp("cold", "First run: the destination is empty");
await backUp("unchanged", "Second run: nothing has changed");
title(`What to look at: ${shown(destination)} and ${shown(join(demo, "report-cold", "report.html"))}`);

/** Runs the bundled command once and checks its work. */
async function backUp(name, headline) {
  const words = [
    join(root, "dist", "cli.cjs"),
    ...["--source", source],
    ...["--destination", destination],
    ...["--report-dir", join(demo, `report-${name}`)],
    // Apart from the person's own history, so that the first run is a first run every time.
    ...["--state-dir", join(demo, "state")],
  ];
  title(`${headline}\n$ node ${words.map(shown).join(" ")}`);
  const started = performance.now();
  const status = await run(process.execPath, words);
  if (status !== 0) {
    console.error(`\nerror: dailysync ended with exit status ${status}`);
    process.exit(status);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const differences = rsync(["-ain", "--delete", `${source}/`, `${destination}/`]);
  if (differences !== "") {
    console.error(`\nerror: one rsync still finds differences:\n${differences}`);
    process.exit(1);
  }
  console.log(
    `\n✓ ${seconds} s on ${availableParallelism()} CPUs; rsync -ain --delete finds no difference between source and destination`,
  );
}

/** Runs one rsync to its end; returns what it printed. */
function rsync(words) {
  const { status, stdout, stderr } = spawnSync("rsync", words, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status === 0) return stdout;
  console.error(`error: rsync ${words.join(" ")} ended with exit status ${status}\n${stderr}`);
  process.exit(1);
}

/** Runs a program in this terminal; resolves with its exit status. Ctrl-C reaches it from the terminal: we only wait. */
function run(program, words) {
  const child = spawn(program, words, { cwd: root, stdio: "inherit" });
  const wait = () => {};
  const forward = () => child.kill("SIGTERM");
  process.on("SIGINT", wait).on("SIGTERM", forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      process.off("SIGINT", wait).off("SIGTERM", forward);
      resolve(code ?? 1);
    });
  });
}

/** A path as a person types it in this repository. */
function shown(word) {
  return word.startsWith(root) ? relative(root, word) : word;
}

function title(text) {
  console.log(`\n━━━ ${text}\n`);
}

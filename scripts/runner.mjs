// Runs our workflows with nektos/act on this machine itself, and checks them with actionlint: npm run test:runner. Arguments go to
// jest: npm run test:runner -- -t nightly. Both are built once with Go into a cache, unless ACT and ACTIONLINT or PATH have them;
// where they cannot be had, it says so and their tests are skipped.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { prepare, root } from "./prepare.mjs";

// Exact, as all packages are. Each needs a Go that is as new as its go.mod says: 1.24 for both.
const tools = {
  ACT: { name: "act", version: "v0.2.87", module: "github.com/nektos/act" },
  ACTIONLINT: { name: "actionlint", version: "v1.7.12", module: "github.com/rhysd/actionlint/cmd/actionlint" },
};
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "dailysync");

prepare();
const node = nodeOfActions();
const environment = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
for (const [variable, tool] of Object.entries(tools))
  environment[variable] = process.env[variable] ?? find(tool) ?? build(tool);

const { status } = spawnSync(
  node,
  [
    join(root, "scripts", "test.mjs"),
    ...(process.argv.slice(2).some((word) => word.startsWith("test/")) ? [] : ["test/runner"]),
    ...process.argv.slice(2),
    ...["--runInBand", "--testPathIgnorePatterns=/node_modules/"],
  ],
  { stdio: "inherit", env: environment },
);
process.exitCode = status ?? 1;

/** The Node that node24 means. act takes the first on PATH, so an older one would run the action on what it is not made for. */
function nodeOfActions() {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  const script = 'readlink -f "$(command -v node)"';
  const { stdout, status } = spawnSync("npx", ["-y", "-p", "node@24", "--", "sh", "-c", script], { encoding: "utf8" });
  if (status === 0) return stdout.trim();
  console.error(`Node 24 could not be had: the action runs on ${process.version}`);
  return process.execPath;
}

function find({ name }) {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find(existsSync);
}

/** The path of a tool in the cache, built if it is not there yet; where it cannot be built, a path that does not exist. */
function build({ name, version, module }) {
  const directory = join(cache, `${name}-${version}`);
  const program = join(directory, name);
  if (existsSync(program)) return program;
  console.error(`building ${name} ${version} with Go …`);
  const { error, stderr, status } = spawnSync("go", ["install", `${module}@${version}`], {
    encoding: "utf8",
    timeout: 150_000,
    env: { ...process.env, GOBIN: directory },
  });
  if (status !== 0)
    console.error(
      `${name} is missing, its tests are skipped: ${error ? `go: ${error.code}` : stderr.trim().split("\n").at(-1)}`,
    );
  return program;
}

// Runs the tests, on a fresh clone too. Arguments go to jest: npm test -- test/unit, npm test -- -t cancel.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();

const child = spawn(
  process.execPath,
  [
    // jest runs ES modules in Node's vm modules, which Node still calls experimental. As flags, not in NODE_OPTIONS: they
    // reach jest's workers, but not the processes that the tests start.
    "--experimental-vm-modules",
    "--disable-warning=ExperimentalWarning",
    join(root, "node_modules", "jest", "bin", "jest.js"),
    ...process.argv.slice(2),
    // The demo's copies of this repository are no modules of it. Last, since the option takes every word that follows.
    "--modulePathIgnorePatterns=<rootDir>/.demo/",
  ],
  { cwd: root, stdio: "inherit" },
);
// A terminal sends Ctrl-C to jest as well: let it end first, then say how it ended.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 1;
  if (signal !== null) console.error(`jest was ended by ${signal}`);
});

// What the figures were measured on and with.
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { output } from "./processes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The processor, its cores, the memory and the kernel, as text. */
export function machine() {
  const [{ model }] = cpus();
  return `${model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory, Linux ${release()}`;
}

/** dailysync's version and commit, as text; says so when the working tree differs from the commit. */
export async function ownVersion() {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
  try {
    const commit = (await output("git", ["-C", root, "rev-parse", "--short=9", "HEAD"])).trim();
    // Results and recorded evidence are written by the benchmark itself.
    const written = [":!bench/RESULTS.md", ":!bench/DIAGNOSIS.md", ":!test/fixtures"];
    const changes = await output("git", ["-C", root, "status", "--porcelain", "--", ".", ...written]);
    return `${version} (${commit}${changes === "" ? "" : " with changes"})`;
  } catch {
    return `${version} (no git commit)`;
  }
}

/** The versions of everything that took part, as text. */
export async function versions(peers) {
  const theirs = peers.map(({ commands, version }) => `${commands[0]} ${version ?? "missing"}`);
  return [`dailysync ${await ownVersion()}`, `Node ${process.versions.node}`, ...theirs].join(", ");
}

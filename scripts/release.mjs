// What the release workflow asks. Without packages, since it runs where the right to publish is.
//
//   node scripts/release.mjs notes vX.Y.Z                 prints the changelog's part about a version, for its release
//   git tag | node scripts/release.mjs major vX.Y.Z       prints the tag of the major version if it must move there, as in v1
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (file) => readFileSync(`${root}/${file}`, "utf8");
const [, , command, tag = ""] = process.argv;

try {
  const version = versionOf(tag);
  if (version === undefined) throw new Error(`${JSON.stringify(tag)} is no tag of a release: vX.Y.Z or vX.Y.Z-NAME`);
  if (command === "notes") console.log(notes(version.text));
  else if (command === "major") {
    if (mustMove(version, readFileSync(0, "utf8").split("\n"))) console.log(`v${version.parts[0]}`);
  } else throw new Error(`${JSON.stringify(command)} is not known: notes or major`);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

/** `v1.2.3` and `v1.2.3-beta.1`, or undefined. */
function versionOf(name) {
  const [, ...found] = /^v(\d+)\.(\d+)\.(\d+)(-[\w.-]+)?$/.exec(name) ?? [];
  if (found.length === 0) return undefined;
  return { text: name.slice(1), parts: found.slice(0, 3).map(Number), isPrerelease: found[3] !== undefined };
}

/** What the changelog says of a version, which must be the one in package.json. */
function notes(version) {
  const { version: packaged } = JSON.parse(read("package.json"));
  if (packaged !== version) throw new Error(`package.json has version ${packaged}, and the tag is v${version}`);
  const sections = read("CHANGELOG.md").split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## [${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}]: rename [Unreleased]`);
  const [heading, ...lines] = section.split("\n");
  if (!/^## \[[^\]]+\] - \d{4}-\d\d-\d\d$/.test(heading))
    throw new Error(`CHANGELOG.md's ${JSON.stringify(heading)} has no date: write ## [${version}] - YYYY-MM-DD`);
  return lines
    .join("\n")
    .replace(/^\[[^\]]+\]: .*$/gm, "")
    .trim();
}

/** Whether a release is the newest of its major version: a mended older one must not take the tag back. */
function mustMove(version, tags) {
  if (version.isPrerelease) return false;
  const others = tags.map(versionOf).filter((other) => other?.parts[0] === version.parts[0] && !other.isPrerelease);
  return others.every((other) => compare(other.parts, version.parts) <= 0);
}

function compare(one, other) {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : one[at] - other[at];
}

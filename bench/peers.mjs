// The tools that dailysync is measured against, each as its documentation recommends for a copy of a directory.
import { installed, tryToInstall } from "./packages.mjs";
import { output } from "./processes.mjs";
import { emptyDirectory } from "./workspace.mjs";

/**
 * By name:
 * - title: what the table says;
 * - commands and packages: what must be on the path, and which Debian packages bring it;
 * - version(): resolves to the version, in a few words;
 * - settings(projects): the settings to choose from, the most parallel first, each { label, ... };
 * - command(place, setting, deletes): resolves to the words of the command that makes the destination like the source, with
 *   deletion or without.
 */
const peers = {
  rsync: {
    title: "one `rsync -a`",
    commands: ["rsync"],
    packages: ["rsync"],
    version: async () => firstMatch(await output("rsync", ["--version"]), /version (\S+)/),
    settings: () => [{ label: "" }],
    command: async ({ source, destination }, _setting, deletes) => [
      "rsync",
      "-a",
      ...(deletes ? ["--delete"] : []),
      `${source}/`,
      `${destination}/`,
    ],
  },

  pool: {
    title: "one `rsync -a` per project, `xargs -P`",
    commands: ["xargs", "rsync"],
    packages: ["findutils", "rsync"],
    version: async () => firstMatch(await output("xargs", ["--version"]), /(\d\S+)/),
    // More processes than projects make no difference.
    settings: (projects) =>
      [32, 16, 8, 4, 2]
        .filter((processes) => processes === 2 || processes / 2 < projects)
        .map((processes) => ({ label: `-P ${processes}`, processes })),
    command: async ({ source, destination }, { processes }, deletes) => [
      "sh",
      "-c",
      `find "$1" -mindepth 1 -maxdepth 1 -print0 | xargs -0 -P ${processes} -I{} rsync -a ${deletes ? "--delete " : ""}{} "$2"/`,
      "sh",
      source,
      destination,
    ],
  },

  fpsync: {
    title: "fpsync",
    commands: ["fpsync"],
    packages: ["fpart"],
    version: async () => firstMatch(await output("dpkg-query", ["-W", "fpart"]), /\s(\S+)/),
    settings: () =>
      [32, 16, 8, 4].flatMap((jobs) =>
        // 2000 is its default, and leaves most jobs without work where there are few files.
        [200, 2000].map((files) => ({ label: `-n ${jobs} -f ${files}`, jobs, files })),
      ),
    command: async ({ source, destination }, { jobs, files }, deletes) => [
      "fpsync",
      "-t",
      await emptyDirectory("fpsync"),
      "-n",
      String(jobs),
      "-f",
      String(files),
      // Its way to delete, by directory.
      ...(deletes ? ["-E"] : []),
      `${source}/`,
      `${destination}/`,
    ],
  },

  rclone: {
    title: "rclone",
    commands: ["rclone"],
    packages: ["rclone"],
    version: async () => firstMatch(await output("rclone", ["version", "--config", "/dev/null"]), /v(\S+)/),
    settings: () => [64, 32, 16, 8, 4].map((jobs) => ({ label: `--transfers ${jobs} --checkers ${jobs}`, jobs })),
    command: async ({ source, destination }, { jobs }, deletes) => [
      "rclone",
      deletes ? "sync" : "copy",
      "--config=/dev/null",
      "--links",
      "--metadata",
      "--create-empty-src-dirs",
      `--transfers=${jobs}`,
      `--checkers=${jobs}`,
      source,
      destination,
    ],
  },
};

/** The names of all peers, in the order of the tables. */
export const peerNames = Object.keys(peers);

/**
 * Resolves to the peers of these names, as described above, each with its name and, in place of the function, its version. One
 * that is not here is installed if that is possible; otherwise missing is a sentence that says so, and the version undefined.
 */
export async function findPeers(names) {
  const found = [];
  for (const name of names) {
    const peer = peers[name];
    const isThere = () => peer.commands.every(installed);
    if (!isThere()) tryToInstall(...peer.packages);
    if (isThere()) found.push({ ...peer, name, version: await peer.version() });
    else
      found.push({
        ...peer,
        name,
        version: undefined,
        missing: `not measured: install ${peer.packages.join(" and ")}`,
      });
  }
  return found;
}

function firstMatch(text, pattern) {
  return pattern.exec(text)?.[1] ?? "unknown";
}

// The source tree of a kernel, from the Debian package linux-source.
import { mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { output } from "./processes.mjs";
import { checkRoom } from "./room.mjs";
import { remove } from "./workspace.mjs";

/**
 * Downloads the package, unpacks it below directory, which must exist, and resolves to the path of the tree. only names the parts
 * of the tree that are wanted, all of it without any. Rejects where apt-get cannot download it.
 */
export async function unpackKernelTree(directory, only = []) {
  // The package, the archive in it, the tree and the copy of the tree.
  await checkRoom(directory, only.length === 0 ? 3.6e9 : 0.9e9, only.length === 0 ? 180_000 : 20_000);
  const download = mkdtempSync(join(directory, "download-"));
  const name = (await output("apt-cache", ["depends", "linux-source"])).match(/linux-source-[\d.]+/)?.[0];
  if (name === undefined)
    throw new Error("apt-cache knows no package linux-source. Run `apt-get update`, on Debian, and try again.");
  console.log(`Downloading and unpacking ${name}`);
  await output("apt-get", ["download", "-q", name], { cwd: download });
  const package_ = readdirSync(download).find((file) => file.endsWith(".deb"));
  await output("dpkg", ["-x", join(download, package_), join(download, "package")]);
  const archive = join(download, "package", "usr", "src", `${name}.tar.xz`);
  await output("tar", ["-xf", archive, "-C", directory, ...only.map((part) => `${name}/${part}`)]);
  await remove(download);
  return join(directory, name);
}

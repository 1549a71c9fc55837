// Where a case copies from and to: memory, disks that are limited in some way, storage far away.
import { join } from "node:path";
import * as latency from "../latency-mount.mjs";
import { emptyDirectory } from "../workspace.mjs";
import { filmsDiskBytes, filmsImage, makeFilledImage } from "./data.mjs";
import { attach, makeImage, mountDisk, slowDisk } from "./loop-disk.mjs";

/** Resolves to a destination in memory that does not exist yet. */
export async function memoryDestination() {
  return join(await emptyDirectory("case", "destination"), "backup");
}

/** Resolves to { source, device }: a disk of films. With slow, see slowDisk(), it is that slow. */
export async function diskOfFilms(slow) {
  const { path, device } = await mounted("source-disk", await slowed(await filmsImage(), slow), "ro");
  return { source: path, device };
}

/** The same for a disk of so many bytes that a function fills, see makeFilledImage(). */
export async function sourceDisk(bytes, fill, slow) {
  const image = join(await emptyDirectory("case", "source-image"), "image");
  await makeFilledImage(image, bytes, fill);
  const { path, device } = await mounted("source-disk", await slowed(image, slow), "ro");
  return { source: path, device };
}

/** Resolves to { destination, device }: a destination that does not exist yet, on a disk with room for the films. */
export async function destinationDisk({ bytes = filmsDiskBytes, sparse, slow } = {}) {
  const image = join(await emptyDirectory("case", "destination-image"), "image");
  await makeImage(image, bytes, { sparse });
  const { path, device } = await mounted("destination-disk", await slowed(image, slow));
  return { destination: join(path, "backup"), device };
}

/** Resolves to the path of a directory as it is seen from far away: every answer takes so many milliseconds. */
export async function farAway(name, directory, milliseconds) {
  const program = await latency.compile(await emptyDirectory("case", `${name}-program`));
  const mountpoint = await emptyDirectory("case", name);
  await latency.mount(program, directory, mountpoint, milliseconds * 1000);
  return mountpoint;
}

function slowed(image, slow) {
  return slow === undefined ? image : slowDisk(image, slow);
}

async function mounted(name, file, ...options) {
  const device = await attach(file);
  const path = await emptyDirectory("case", name);
  await mountDisk(device, path, ...options);
  return { path, device };
}

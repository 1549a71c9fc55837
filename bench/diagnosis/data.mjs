// What the cases copy. Everything is made up: what limits a run does not depend on what is in the files.
import { linkSync, mkdirSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkRoom } from "../room.mjs";
import { makeSmallFiles } from "../small-files.mjs";
import { undoMark, undoSince } from "../undo.mjs";
import { emptyDirectory, hearSignals, remove } from "../workspace.mjs";
import { attach, makeImage, mountDisk } from "./loop-disk.mjs";

const projects = 12;
const filesPerDirectory = 100;
const film = { bytes: 10 * 1024 * 1024, each: 7 };

/** The bytes that films() and filmsImage() have, and the rate at which they take 40 s. */
const filmsBytes = projects * film.each * film.bytes;
export const diskBytesPerSecond = Math.round(filmsBytes / 40);
/** The size of a disk for them. */
export const filmsDiskBytes = Math.round(filmsBytes * 1.2);

/** Resolves to the path of 84 files of 10 MiB in twelve projects, made once and kept. */
export const films = once(async () => {
  const directory = await emptyDirectory("films");
  await checkRoom(directory, filmsBytes, projects * film.each);
  await makeFiles(directory, film.each, film.bytes);
  return directory;
});

/** Resolves to the path of an image of a disk with the same files, made once and kept. */
export const filmsImage = once(async () => {
  const image = join(await emptyDirectory("films-image"), "image");
  await makeFilledImage(image, filmsDiskBytes, (directory) => makeFiles(directory, film.each, film.bytes));
  return image;
});

/** Makes so many files of a size in each of the twelve projects. With apparentBytes each ends in a hole that makes it as large. */
export async function makeFiles(directory, each, bytes, apparentBytes = bytes) {
  const content = Buffer.alloc(bytes, "A film like no other, as far as rsync can tell. ");
  for (const name of namesInProjects(each)) {
    mkdirSync(join(directory, dirname(name)), { recursive: true });
    writeFileSync(join(directory, name), content);
    if (apparentBytes > bytes) truncateSync(join(directory, name), apparentBytes);
    await hearSignals();
  }
}

/** Makes an image of a disk with what a function puts into the directory that it is given. */
export async function makeFilledImage(image, bytes, fill) {
  await makeImage(image, bytes);
  const mark = undoMark();
  const mountpoint = await emptyDirectory("case", "filling");
  await mountDisk(await attach(image), mountpoint);
  await remove(join(mountpoint, "lost+found"));
  await fill(mountpoint);
  await undoSince(mark);
}

/** Resolves to the path of so many small files in twelve projects, a hundred in each directory. */
export async function smallFiles(count) {
  const directory = await emptyDirectory("case", "source");
  await makeSmallFiles(directory, { directories: count / filesPerDirectory, nameOf, filesEach: filesPerDirectory });
  return directory;
}

/**
 * The same, for very many: names of a few files, which an rsync that preserves no hard links copies as so many files. They are
 * made in half the time.
 */
export async function smallFilesByLinks(count) {
  const directory = await emptyDirectory("case", "source");
  const originals = await emptyDirectory("case", "originals");
  // The copies take the room: a page each.
  await checkRoom(directory, count * 4096, count * 2);
  for (let index = 0; index < 900; index++) writeFileSync(join(originals, `${index}`), "x".repeat(100 + index));
  for (let index = 0; index < count; index++) {
    const parent = join(directory, nameOf(Math.floor(index / filesPerDirectory)));
    if (index % filesPerDirectory === 0) mkdirSync(parent, { recursive: true });
    linkSync(join(originals, `${(index * 7919) % 900}`), join(parent, `file-${index % filesPerDirectory}`));
    if (index % 500 === 0) await hearSignals();
  }
  return directory;
}

/** Makes files that are as large as said and take no room, since nothing was ever written to them; all of one time. */
export function makeHoles(directory, names, bytes) {
  const time = new Date("2026-01-01");
  for (const name of names) {
    mkdirSync(join(directory, dirname(name)), { recursive: true });
    writeFileSync(join(directory, name), "");
    truncateSync(join(directory, name), bytes);
    utimesSync(join(directory, name), time, time);
  }
}

/** Names of so many files in each of the twelve projects. */
export function namesInProjects(filesEach) {
  return Array.from({ length: projects * filesEach }, (_, index) => `project-${index % projects}/file-${index}`);
}

function nameOf(index) {
  return `project-${index % projects}/directory-${index}`;
}

function once(make) {
  let made;
  return () => {
    made ??= make();
    return made;
  };
}

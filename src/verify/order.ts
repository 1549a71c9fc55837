import type { BytePath } from "../byte-path.ts";

/**
 * Keys whose order, byte by byte, is the one in which a sample goes through the source: of each directory its files first, then its
 * directories, each by the bytes of their names. A NUL is in no name and comes before all that is.
 */
export function fileKey(path: BytePath): string {
  const slash = path.lastIndexOf("/");
  return `${slash < 0 ? "" : directoryKey(path.slice(0, slash) as BytePath)}\0${path.slice(slash + 1)}`;
}

/** What the keys of all files in and below a directory begin with. */
export function directoryKey(path: BytePath): string {
  return path
    .split("/")
    .map((name) => `\x01${name}\0`)
    .join("");
}

/** A stretch of the order: behind one file up to another one, that one included; undefined for the order's own ends. */
export interface Stretch {
  readonly behind: BytePath | undefined;
  readonly upTo: BytePath | undefined;
}

export function hasFile({ behind, upTo }: Stretch, path: BytePath): boolean {
  const key = fileKey(path);
  return (behind === undefined || key > fileKey(behind)) && (upTo === undefined || key <= fileKey(upTo));
}

/** Whether a file in or below a directory may be in a stretch. */
export function reachesInto({ behind, upTo }: Stretch, directory: BytePath): boolean {
  const key = directoryKey(directory);
  const isInside = (file: string): boolean => file.startsWith(key);
  const first = behind === undefined ? undefined : fileKey(behind);
  const last = upTo === undefined ? undefined : fileKey(upTo);
  return (
    (first === undefined || isInside(first) || first < key) && (last === undefined || isInside(last) || last > key)
  );
}

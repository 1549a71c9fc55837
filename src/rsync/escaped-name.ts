import type { BytePath } from "../byte-path.ts";

/** A name as rsync prints it in the C locale: on one line, whatever bytes are in it. */
export function escapeName(name: BytePath): string {
  return name.replace(/\\(?=#[0-7]{3})|[^ -~]/g, (byte) => `\\#${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/**
 * A name as rsync prints it, back to its bytes. rsync writes a byte that is not printable in its locale, and a backslash
 * that would look like such an escape, as `\#ooo` in octal (log.c, filtered_fwrite), so the way back is exact.
 */
export function unescapeName(printed: string): BytePath {
  return printed.replace(/\\#([0-7]{3})/g, (_escape, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  ) as BytePath;
}

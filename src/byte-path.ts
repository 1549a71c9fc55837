/**
 * A path or name as the kernel has it: one character per byte (code units 0–255, "latin1").
 *
 * File names are bytes, not text. Decoding them as UTF-8 loses what is not valid, so every name between the survey and
 * rsync's standard input is carried in this form: cheap to compare, to use as a key and to slice.
 */
export type BytePath = string & { readonly __bytes: true };

/** The bytes of a path, for the file system or for rsync's standard input. */
export function toBytes(path: BytePath): Buffer {
  return Buffer.from(path, "latin1");
}

/** A path from bytes that the kernel or rsync gave. */
export function fromBytes(bytes: Uint8Array): BytePath {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1") as BytePath;
}

/** A path from text (an input, a glob's result), encoded as UTF-8. */
export function fromText(text: string): BytePath {
  return fromBytes(Buffer.from(text, "utf8"));
}

/** Joins two paths with one slash; an empty side, or `.` on the left, adds nothing. */
export function join(left: BytePath, right: BytePath): BytePath {
  if (left === "" || left === ".") return right;
  if (right === "") return left;
  return `${left}${left.endsWith("/") ? "" : "/"}${right}` as BytePath;
}

/** The directories above a relative path, nearest first, without the root. */
export function parents(path: BytePath): BytePath[] {
  const all: BytePath[] = [];
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1))
    all.push(path.slice(0, slash) as BytePath);
  return all;
}

/** Relative paths and all directories above them, each once, by depth: those of one element first. */
export function byDepth(paths: Iterable<BytePath>): BytePath[][] {
  const levels: BytePath[][] = [];
  for (const path of new Set([...paths].flatMap((one) => [one, ...parents(one)]))) {
    const depth = parents(path).length;
    while (levels.length <= depth) levels.push([]);
    levels[depth]?.push(path);
  }
  return levels;
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true });

/** Whether the bytes are valid UTF-8, so that text can stand for them without loss. */
export function isText(path: BytePath): boolean {
  // Plain ASCII, nearly every name, needs no decoding.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII byte is meant, control characters too
  if (/^[\x00-\x7f]*$/.test(path)) return true;
  try {
    strictDecoder.decode(toBytes(path));
    return true;
  } catch {
    return false;
  }
}

/** The path as text for a person: bytes that are not UTF-8 become `\xNN`. Control characters stay; what prints them escapes them. */
export function toDisplay(path: BytePath): string {
  if (isText(path)) return toBytes(path).toString("utf8");
  let text = "";
  let rest = toBytes(path);
  while (rest.length > 0) {
    const length = validPrefix(rest);
    text += rest.toString("utf8", 0, length);
    if (length === rest.length) break;
    text += `\\x${rest.subarray(length, length + 1).toString("hex")}`;
    rest = rest.subarray(length + 1);
  }
  return text;
}

/** How many bytes at the start of a buffer are valid UTF-8. */
function validPrefix(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (!isText(fromBytes(bytes.subarray(at, at + size)))) return at;
    at += size;
  }
  return bytes.length;
}

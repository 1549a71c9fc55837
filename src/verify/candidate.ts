import type { BytePath } from "../byte-path.ts";

/** A regular file that is to be read back. */
export interface Candidate {
  /** Below the source. */
  readonly path: BytePath;
  /** When it was last looked at. */
  readonly bytes: number;
}

/** What one rsync reads back. */
export interface Chunk {
  /** From 0, in the order of the candidates. */
  readonly index: number;
  readonly files: readonly Candidate[];
}

/** Work that waits in a directory, or in several together. */
export interface Load {
  readonly entries: number;
  /** Of those, the ones that the destination lacks, as far as that is known. */
  readonly absentEntries: number;
  /** Of the files, estimated from a sample. */
  readonly bytes: number;
  /** Of those, what the destination lacks. */
  readonly absentBytes: number;
}

export const noLoad: Load = { entries: 0, absentEntries: 0, bytes: 0, absentBytes: 0 };

export function addLoads(one: Load, other: Load): Load {
  return {
    entries: one.entries + other.entries,
    absentEntries: one.absentEntries + other.absentEntries,
    bytes: one.bytes + other.bytes,
    absentBytes: one.absentBytes + other.absentBytes,
  };
}

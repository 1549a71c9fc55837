/** What an rsync says of itself at its end (`--info=stats2`, numbers without grouping). */
export interface Statistics {
  /** Entries in its list that are no directories. */
  readonly files: number;
  readonly directories: number;
  readonly filesTransferred: number;
  readonly filesCreated: number;
  readonly filesDeleted: number;
  /** Size of all files in its list, as at the source. */
  readonly bytes: number;
  /** Size of the files that were copied, as at the source. */
  readonly bytesTransferred: number;
}

export const noStatistics: Statistics = {
  files: 0,
  directories: 0,
  filesTransferred: 0,
  filesCreated: 0,
  filesDeleted: 0,
  bytes: 0,
  bytesTransferred: 0,
};

/**
 * Reads one line of the statistics into what is known so far; undefined for a line that is none of them.
 *
 * The wording is that of main.c, output_summary; it is the same from rsync 3.1 to 3.5.
 */
export function readStatisticsLine(line: string, known: Statistics): Statistics | undefined {
  const match = /^(Number of [a-z ]+|Total (?:transferred )?file size): (\d+)(?: bytes)?(?: \((.*)\))?$/.exec(line);
  if (match === null) return undefined;
  const total = Number(match[2]);
  const directories = Number(/dir: (\d+)/.exec(match[3] ?? "")?.[1] ?? 0);
  switch (match[1]) {
    case "Number of files":
      return { ...known, files: total - directories, directories };
    case "Number of created files":
      return { ...known, filesCreated: total };
    case "Number of deleted files":
      return { ...known, filesDeleted: total };
    case "Number of regular files transferred":
      return { ...known, filesTransferred: total };
    case "Total file size":
      return { ...known, bytes: total };
    case "Total transferred file size":
      return { ...known, bytesTransferred: total };
    default:
      return undefined;
  }
}

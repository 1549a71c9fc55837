import type { BytePath } from "../byte-path.ts";
import { filterArguments, type RsyncSettings } from "../rsync/arguments.ts";
import { type Asking, passingFilters } from "../rsync/query.ts";
import type { Candidate } from "./candidate.ts";

/** Files that rsync is asked about at a time. */
const askedAtOnce = 4000;

/**
 * Leaves out the files that the filters keep out of the backup, by themselves or with a directory above them: rsync would compare
 * a file that is given by name even though its directory is excluded.
 */
export async function* passing(
  files: AsyncIterable<Candidate>,
  asking: Asking,
  settings: RsyncSettings,
): AsyncGenerator<Candidate> {
  if (filterArguments(settings).length === 0) {
    yield* files;
    return;
  }
  let some: Candidate[] = [];
  const thatPass = async (): Promise<Candidate[]> => {
    const pass: ReadonlySet<BytePath> = await passingFilters(
      asking,
      settings,
      some.map(({ path }) => path),
    );
    return some.filter(({ path }) => pass.has(path));
  };
  for await (const file of files) {
    some.push(file);
    if (some.length < askedAtOnce) continue;
    yield* await thatPass();
    some = [];
  }
  yield* await thatPass();
}

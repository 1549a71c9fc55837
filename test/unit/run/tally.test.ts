import { describe, expect, test } from "@jest/globals";
import { readItem } from "../../../src/rsync/output.ts";
import { noStatistics } from "../../../src/rsync/statistics.ts";
import { addTallies, emptyTally, tallyOfItem, tallyOfStatistics } from "../../../src/run/tally.ts";

describe("an entry counts:", () => {
  const file = { ...emptyTally, files: 1 };
  test.each([
    ["a file that comes", "item >f+++++++++ 70 x", { ...file, filesTransferred: 1, bytes: 70, bytesTransferred: 70 }],
    ["a file that changes", "item >f.st...... 70 x", { ...file, filesTransferred: 1, bytes: 70, bytesTransferred: 70 }],
    ["a file whose mode changes", "item .f...p..... 70 x", { ...file, bytes: 70 }],
    ["a file as it was", "item .f          70 x", { ...file, bytes: 70 }],
    ["a hard link", "item hf+++++++++ 70 x", { ...file, bytes: 70 }],
    ["a pipe", "item cS+++++++++ 0 x", file],
    ["a directory", "item cd+++++++++ 4096 x/", emptyTally],
    ["a deleted file", "item *deleting   70 x", { ...emptyTally, filesDeleted: 1 }],
    ["a deleted directory", "item *deleting   4096 x/", { ...emptyTally, filesDeleted: 1 }],
  ])("%s", (_name, line, expected) => {
    const item = readItem(line);
    expect(item && tallyOfItem(item)).toEqual(expected);
  });
});

test("statistics become a tally", () => {
  const statistics = { ...noStatistics, files: 1, filesTransferred: 2, filesDeleted: 3, bytes: 4, bytesTransferred: 5 };
  expect(tallyOfStatistics({ ...statistics, directories: 9, filesCreated: 9 })).toEqual({
    files: 1,
    filesTransferred: 2,
    filesDeleted: 3,
    bytes: 4,
    bytesTransferred: 5,
  });
});

test("tallies add up figure by figure", () => {
  const one = { files: 1, filesTransferred: 20, filesDeleted: 300, bytes: 4000, bytesTransferred: 50_000 };
  expect(addTallies(one, one)).toEqual({
    files: 2,
    filesTransferred: 40,
    filesDeleted: 600,
    bytes: 8000,
    bytesTransferred: 100_000,
  });
  expect(addTallies(one, emptyTally)).toEqual(one);
});

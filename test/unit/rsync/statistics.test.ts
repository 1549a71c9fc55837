import { describe, expect, test } from "@jest/globals";
import { noStatistics, readStatisticsLine } from "../../../src/rsync/statistics.ts";

describe("a line of the statistics:", () => {
  test.each([
    ["Number of files: 12 (reg: 7, dir: 3, link: 2)", { files: 9, directories: 3 }],
    ["Number of files: 7 (reg: 7)", { files: 7, directories: 0 }],
    ["Number of files: 3 (dir: 3)", { files: 0, directories: 3 }],
    ["Number of files: 0", { files: 0, directories: 0 }],
    ["Number of created files: 4 (reg: 3, dir: 1)", { filesCreated: 4 }],
    ["Number of deleted files: 5 (reg: 2, dir: 3)", { filesDeleted: 5 }],
    ["Number of regular files transferred: 6", { filesTransferred: 6 }],
    ["Total file size: 12345678901 bytes", { bytes: 12_345_678_901 }],
    ["Total transferred file size: 42 bytes", { bytesTransferred: 42 }],
  ])("%s", (line, expected) => {
    expect(readStatisticsLine(line, noStatistics)).toEqual({ ...noStatistics, ...expected });
  });
});

test("what was read before stays", () => {
  const before = { ...noStatistics, bytes: 7 };
  expect(readStatisticsLine("Number of deleted files: 1", before)).toMatchObject({ bytes: 7, filesDeleted: 1 });
});

describe("no statistics:", () => {
  test.each([
    "Literal data: 42 bytes",
    "Total bytes sent: 98",
    "sent 98 bytes  received 12 bytes  220.00 bytes/sec",
    "",
    "x Number of files: 3",
    "Number of files: many",
    "Number of files: 1,234 (reg: 1,234)",
    "Number of unicorns: 3",
  ])("%s", (line) => {
    expect(readStatisticsLine(line, noStatistics)).toBeUndefined();
  });
});

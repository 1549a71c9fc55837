import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import { type Item, outputReader, readItem } from "../../../src/rsync/output.ts";
import { noStatistics, type Statistics } from "../../../src/rsync/statistics.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

interface Heard {
  readonly items: readonly Item[];
  readonly bytes: readonly number[];
  readonly lines: readonly string[];
  readonly statistics: Statistics | undefined;
}

/** What is heard of an output that comes in these chunks. */
function hear(...chunks: readonly (string | Uint8Array)[]): Heard {
  const items: Item[] = [];
  const bytes: number[] = [];
  const lines: string[] = [];
  const reader = outputReader({
    item: (item) => items.push(item),
    progress: (progress) => bytes.push(progress.bytes),
    line: (line) => lines.push(line),
  });
  for (const chunk of chunks) reader.write(Buffer.from(chunk));
  return { items, bytes, lines, statistics: reader.end() };
}

const example = [
  "item >f+++++++++ 700 alpha/new\\#012line\n",
  "item cd+++++++++ 4096 alpha/sub/\n",
  "item *deleting   0 alpha/old\n",
  "          1,234   0%    0.00kB/s    0:00:00\r",
  "         32768   1%    0.00kB/s    0:00:00\r        1234567  99%    1.23MB/s    0:00:01 (xfr#5, to-chk=0/6)\n",
  "\nNumber of files: 3 (reg: 2, dir: 1)\n",
  "Total transferred file size: 700 bytes\n",
].join("");

test("items, progress and statistics are told apart", () => {
  const { items, bytes, lines, statistics } = hear(example);
  expect(items).toEqual([
    { change: ">f+++++++++", bytes: 700, path: "alpha/new\nline", isDirectory: false },
    { change: "cd+++++++++", bytes: 4096, path: "alpha/sub", isDirectory: true },
    { change: "*deleting", bytes: 0, path: "alpha/old", isDirectory: false },
  ]);
  expect(bytes).toEqual([32768, 1234567]);
  expect(statistics).toEqual({ ...noStatistics, files: 2, directories: 1, bytesTransferred: 700 });
  expect(lines).toContain("Total transferred file size: 700 bytes");
});

test("chunks may be cut anywhere, byte by byte too", () => {
  const whole = hear(example);
  for (let at = 0; at <= example.length; at++) expect(hear(example.slice(0, at), example.slice(at))).toEqual(whole);
  expect(hear(...example)).toEqual(whole);
});

test("the last line need not end", () => {
  expect(hear("Total file size: 7 bytes").statistics?.bytes).toBe(7);
});

test("an rsync that ends without statistics has none", () => {
  expect(hear("item >f+++++++++ 1 x\n").statistics).toBeUndefined();
});

test("a line without an end takes no more memory than the longest that rsync prints, and the next one is read", () => {
  const endless = Array.from({ length: 100 }, () => "x".repeat(10_000));
  const { lines, statistics } = hear(...endless, "\nTotal file size: 7 bytes\n");
  expect(lines.map(({ length }) => length)).toEqual([64 * 1024, "Total file size: 7 bytes".length]);
  expect(statistics?.bytes).toBe(7);
});

test("statistics inside a name are no statistics", () => {
  const { statistics, items } = hear("item >f+++++++++ 1 Total file size: 9 bytes\n");
  expect(statistics).toBeUndefined();
  expect(items[0]?.path).toBe("Total file size: 9 bytes");
});

test("what rsync passes over is told by its path, and only where rsync says so", () => {
  const skipped: string[] = [];
  const reader = outputReader({ skipped: (path) => skipped.push(path) });
  reader.write(
    Buffer.from(
      'skipping non-regular file "alpha/a \\#303\\#251 "quoted""\nitem >f+++++++++ 1 skipping non-regular file "x"\n',
    ),
  );
  reader.end();
  expect(skipped).toEqual([fromText('alpha/a é "quoted"')]);
});

describe("an item:", () => {
  test.each([
    ["item >f.st...... 12 a b", { change: ">f.st......", bytes: 12, path: "a b", isDirectory: false }],
    ["item .d          4096 a/", { change: ".d", bytes: 4096, path: "a", isDirectory: true }],
    ["item .f          0  leading", { change: ".f", bytes: 0, path: " leading", isDirectory: false }],
    ["item *deleting   0 sub/", { change: "*deleting", bytes: 0, path: "sub", isDirectory: true }],
    ["item cL+++++++++ 3 link", { change: "cL+++++++++", bytes: 3, path: "link", isDirectory: false }],
    ["item .d..t...... 4096 ./", { change: ".d..t......", bytes: 4096, path: ".", isDirectory: true }],
    [
      "item >f+++++++++ 1 item >f+++++++++ 2 x",
      { change: ">f+++++++++", bytes: 1, path: "item >f+++++++++ 2 x", isDirectory: false },
    ],
  ])("%s", (line, expected) => {
    expect(readItem(line)).toEqual(expected);
  });

  test.each(["", "item", "item >f+++", "items >f+++++++++ 1 x", "item >f+++++++++ x y", "alpha/x"])(
    "not %j",
    (line) => {
      expect(readItem(line)).toBeUndefined();
    },
  );
});

test("real rsync's output of names of any bytes is read back", () => {
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  const names = ["caf\xe9", "new\nline", "\\#012", " blank ", "item .f", "sub/x"];
  plant(source, names);
  plant(destination, ["old\n"]);
  const options = ["-a", "--delete", "-ii", "--out-format=item %i %l %n", "--info=stats2", "--no-human-readable"];
  const output = execFileSync("rsync", [...options, `${source}/`, destination], {
    env: { ...process.env, LC_ALL: "C" },
  });
  const { items, statistics } = hear(output);
  const files = items.filter(({ isDirectory, change }) => !isDirectory && change !== "*deleting");
  expect(files.map(({ path }) => path).sort()).toEqual([...names].sort());
  expect(items.filter(({ change }) => change === "*deleting").map(({ path }) => path)).toEqual(["old\n"]);
  expect(statistics).toMatchObject({ files: 6, directories: 2, filesTransferred: 6, filesDeleted: 1 });
});

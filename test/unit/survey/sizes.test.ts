import { describe, expect, test } from "@jest/globals";
import { type BytePath, fromText } from "../../../src/byte-path.ts";
import { estimatedBytes, type SizeSample, startSizeSample } from "../../../src/survey/sizes.ts";
import { emptyDirectories, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const kibibyte = 1024;

/** A directory with files of these sizes, named by their place. */
function withFiles(...sizes: readonly number[]): { readonly path: BytePath; readonly names: readonly BytePath[] } {
  const root = emptyDirectory();
  plant(
    root,
    sizes.map((bytes, index) => [String(index), bytes] as const),
  );
  return { path: fromText(root), names: sizes.map((_, index) => raw(String(index))) };
}

/** Asks for the same directory so many times, as if it were many; returns the answers. */
async function answersOf(
  sample: SizeSample,
  { path, names }: ReturnType<typeof withFiles>,
  times: number,
): Promise<(number | undefined)[]> {
  const answers: (number | undefined)[] = [];
  for (let index = 0; index < times; index++) answers.push(await sample.bytesOf(path, names));
  return answers;
}

function left(answers: readonly (number | undefined)[]): number {
  return answers.filter((bytes) => bytes === undefined).length;
}

describe("the bytes of a directory", () => {
  test("are those of one of its files, times their number", async () => {
    const { path, names } = withFiles(1000, 1000, 1000);
    expect(await startSizeSample().bytesOf(path, names)).toBe(3000);
  });

  test("without files are none, and tell nothing of other directories", async () => {
    const sample = startSizeSample();
    expect(await sample.bytesOf(fromText(emptyDirectory()), [])).toBe(0);
    expect(sample.typical()).toBe(0);
  });

  test("count files that vanished meanwhile as empty", async () => {
    const { path } = withFiles();
    expect(await startSizeSample().bytesOf(path, [raw("gone")])).toBe(0);
  });
});

describe("of many directories of small files", () => {
  test("all are looked into as long as they are few", async () => {
    expect(left(await answersOf(startSizeSample(), withFiles(10), 60))).toBe(0);
  });

  test("ever more of them are left out then, and never all", async () => {
    const answers = await answersOf(startSizeSample(), withFiles(10), 6000);
    const shares = [0, 1, 2, 3, 4, 5].map((thousand) => left(answers.slice(thousand * 1000, (thousand + 1) * 1000)));
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
    expect(shares.at(-1)).toBeGreaterThan(700);
    expect(shares.at(-1)).toBeLessThan(1000);
    expect(shares[0]).toBeLessThan(shares[5] ?? 0);
  });

  test("those without files are never left out: nothing is asked", async () => {
    const sample = startSizeSample();
    await answersOf(sample, withFiles(10), 3000);
    expect(left(await answersOf(sample, withFiles(), 10))).toBe(0);
  });

  test("one that was left out is taken for usual", async () => {
    const sample = startSizeSample();
    await answersOf(sample, withFiles(10, 10), 10);
    await answersOf(sample, withFiles(40), 10);
    expect(sample.typical()).toBe(25);
  });
});

describe("where files are large", () => {
  const large = 600 * kibibyte;

  test("more of them are asked, so that one does not stand for all", async () => {
    const sample = startSizeSample();
    await answersOf(sample, withFiles(large), 1);
    const { path, names } = withFiles(4000, 1000, 2000, 1000);
    expect(await sample.bytesOf(path, names)).toBe(8000);
  });

  test("those asked are spread over the directory", async () => {
    const sample = startSizeSample();
    await answersOf(sample, withFiles(large), 1);
    const { path, names } = withFiles(10, 0, 20, 0, 30, 0, 40, 0);
    expect(await sample.bytesOf(path, names)).toBe(200);
  });

  test("no directory is left out, however many there are", async () => {
    const sample = startSizeSample();
    expect(left(await answersOf(sample, withFiles(large), 1200))).toBe(0);
  });

  test("the usual size is bounded: a single film tells nothing of directories that nobody looked into", async () => {
    const sample = startSizeSample();
    await answersOf(sample, withFiles(50 * kibibyte * kibibyte), 1);
    expect(sample.typical()).toBe(kibibyte * kibibyte);
  });
});

test("nothing is known of a usual file before any was seen", () => {
  expect(startSizeSample().typical()).toBe(0);
});

describe("the bytes of named files", () => {
  test.each([
    ["are added up where all are asked", [1, 2, 3], 64, 6],
    ["are taken from some of them, spread over all", [100, 0, 200, 0], 2, 600],
    ["of none are none", [], 64, 0],
  ])("%s", async (_name, sizes, most, expected) => {
    const { path, names } = withFiles(...sizes);
    expect(await estimatedBytes(path, names, most)).toBe(expected);
  });
});

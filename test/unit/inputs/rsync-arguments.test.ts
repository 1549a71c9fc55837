import { describe, expect, test } from "@jest/globals";
import { refusedArguments } from "../../../src/inputs/rsync-arguments.ts";
import { allowedFlags, allowedWithValue, refusalReasons } from "../../../src/inputs/rsync-options.ts";

test.each([
  "--checksum",
  "-c",
  "-cIW",
  "--no-owner",
  "--no-g",
  "-O",
  "--chown=user:group",
  "--chmod=Du=rwx,Fgo=r",
  "--modify-window=-1",
  "-@1",
  "-B131072",
  "-cB131072",
  "-Bn",
  "--max-size=1.5m",
  "--inplace",
  "--no-inc-recursive",
])("%s is passed on", (argument) => {
  expect(refusedArguments([argument])).toEqual([]);
});

describe("refused with the reason:", () => {
  test.each([
    ["--delete", /--delete is refused: use the inputs delete and max-delete/],
    ["--del", /inputs delete/],
    ["--delete-excluded", /inputs delete/],
    ["--max-delete=5", /inputs delete and max-delete/],
    ["--remove-source-files", /a backup only reads there/],
    ["--rsh=ssh", /both sides are directories of this machine/],
    ["-essh", /: -e is refused: both sides/],
    ["--rsync-path=/tmp/x", /both sides/],
    ["-M--delete", /: -M is refused/],
    ["--daemon", /both sides/],
    ["--server", /both sides/],
    ["--files-from=x", /chooses what each rsync copies/],
    ["-R", /chooses what/],
    ["--no-relative", /dailysync decides about --relative itself/],
    ["--no-r", /dailysync decides about -r itself/],
    ["-d", /chooses what/],
    ["--log-file=x", /reads what rsync prints/],
    ["--out-format=x", /reads what rsync prints/],
    ["--no-progress", /decides about --progress/],
    ["-n", /input dry-run/],
    ["--partial-dir=x", /leaves directories of its own/],
    ["-T/tmp", /: -T is refused/],
    ["--exclude=x", /inputs exclude and filter/],
    ["-C", /inputs exclude and filter/],
    ["-F", /inputs exclude and filter/],
    ["-f- n", /^rsync-args "-f- n": -f is refused: [^\n]*$/],
    ["--bwlimit=1m", /input bandwidth-limit/],
    ["-H", /input preserve/],
    ["--timeout=5", /input timeout/],
    ["-x", /use the input one-file-system/],
    ["-m", /each rsync sees a part only/],
    ["--link-dest=/x", /another directory/],
    ["--append-verify", /without comparing/],
    ["-a", /always in use/],
    ["-z", /compressing only costs time/],
    ["--qsort", /not among the options known/],
    ["--n", /--n is refused: it is not among/],
    ["-cé", /-é is refused: it is not among/],
    ["--checksun", /--checksun is not known: did you mean --checksum\?/],
    ["--checksum=yes", /--checksum takes no value/],
    ["--chown", /write --chown=USER:GROUP/],
    ["--chown=", /write --chown=USER:GROUP/],
    ["-B", /write -BSIZE/],
    ["user:group", /"user:group": this is no option: write an option's value in the same line/],
    ["--", /this is no option/],
    ["-", /this is no option/],
    ["--=x", /this is no option/],
    ["---x", /is refused/],
    ["rsync://host/x", /this is no option/],
  ])("%s", (argument, message) => {
    expect(refusedArguments([argument])).toEqual([expect.stringMatching(message)]);
  });
});

test("each option of a bundle is named", () => {
  const problems = refusedArguments(["-acvn"]);
  expect(problems.map((problem) => /: (-.) is refused/.exec(problem)?.[1])).toEqual(["-a", "-v", "-n"]);
});

test("a value in the next line is refused at both lines", () => {
  expect(refusedArguments(["--chown", "user:group"])).toHaveLength(2);
});

test.each([
  [["--inplace", "--update"], "--inplace and --update"],
  [["--partial", "-cu"], "--partial and -u"],
  [["--size-only", "--inplace"], "--inplace and --size-only"],
])("%j together are refused, because a cut-off file would stay", (args, named) => {
  expect(refusedArguments(args)).toEqual([expect.stringContaining(`rsync-args: ${named} exclude each other`)]);
});

test("no option is both allowed and refused", () => {
  const allowed = [...allowedFlags, ...allowedWithValue.keys()];
  expect(allowed.filter((name) => refusalReasons.has(name))).toEqual([]);
});

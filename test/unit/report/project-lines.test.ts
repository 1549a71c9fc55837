import { describe, expect, test } from "@jest/globals";
import {
  type EndOfProject,
  projectDetails,
  projectSeconds,
  projectState,
  projectTitle,
} from "../../../src/report/project-lines.ts";
import { ended } from "../../support/record.ts";
import { raw } from "../../support/tree.ts";
import { portions, shard } from "../../support/workshop.ts";

const alpha = raw("alpha");
const copied = ended(shard(), {
  tallies: { alpha: { filesTransferred: 1234, bytesTransferred: 3 * 1024 ** 3 } },
  times: [[1000, 13_000]],
});
const complaint = { lines: ['rsync: open "alpha/x" failed'], total: 1 };
const failed = ended(shard({ id: 1 }), { state: "failed", exitCode: 23, messages: complaint, times: [[0, 1000]] });

const of = (given: Partial<EndOfProject> = {}): EndOfProject => ({
  ...{ project: alpha, ends: [copied], done: 3, projects: 40, deletions: undefined },
  ...given,
});

describe("the title of a project:", () => {
  test.each<[string, EndOfProject, string]>([
    ["copied", of(), "alpha: complete after 12 s, 3.00 GiB, 1,234 files (3 of 40)"],
    ["unchanged", of({ ends: [ended(shard())] }), "alpha: complete after 2.0 s, nothing to copy (3 of 40)"],
    ["failed", of({ ends: [copied, failed] }), "alpha: failed after 13 s, 3.00 GiB, 1,234 files (3 of 40)"],
    [
      "with deletions and second tries",
      of({
        ends: [
          ended(shard(), {
            tallies: { alpha: { filesDeleted: 2 } },
            times: [
              [0, 1000],
              [2000, 3000],
            ],
          }),
        ],
      }),
      "alpha: complete after 3.0 s, nothing to copy, 2 entries deleted, 1 rsync tried again (3 of 40)",
    ],
    ["without an rsync", of({ ends: [] }), "alpha: complete after 0 s, nothing to copy (3 of 40)"],
    [
      "the loose files",
      of({ project: raw(""), ends: [] }),
      "(loose files): complete after 0 s, nothing to copy (3 of 40)",
    ],
  ])("%s", (_name, end, expected) => {
    expect(projectTitle(end)).toBe(expected);
  });
});

test("a failure that is another project's leaves this one complete", () => {
  const shared = ended(shard({ portions: portions("alpha", "beta") }), {
    ...{ state: "failed", exitCode: 23 },
    messages: { ...complaint, projects: new Set([raw("beta")]) },
  });
  expect(projectState(alpha, [shared])).toBe("complete");
  expect(projectState(raw("beta"), [shared])).toBe("failed");
});

test("a project takes from the start of its first rsync to the end of its last", () => {
  expect(projectSeconds([copied, failed])).toBe(13);
  expect(projectSeconds([])).toBe(0);
});

describe("the details of a project", () => {
  test("are its rsyncs with their tries and messages, those with trouble first, and what it lost", () => {
    const again = ended(shard({ id: 2 }), {
      messages: { lines: ["connection reset"], total: 3 },
      exitCode: 0,
      times: [
        [0, 1000],
        [2000, 4000],
      ],
    });
    const [first, second] = again.attempts;
    if (first === undefined || second === undefined) throw new Error("two tries");
    const ends = [
      copied,
      {
        ...again,
        attempts: [
          { ...first, exitCode: 12 },
          { ...second, lane: 4 },
        ],
      },
      failed,
    ];
    expect(
      projectDetails(of({ ends, deletions: { name: "alpha", pending: 30, paths: ["alpha/a", "alpha/b"] } })),
    ).toEqual(
      [
        "rsync 1 in lane 1 (alpha): exit 23: some files could not be copied, 1.0 s, 0 B in 0 files",
        '  rsync: open "alpha/x" failed',
        "rsync 2, try 1 in lane 1 (alpha): exit 12: tried again, 1.0 s",
        "  connection reset",
        "  and 2 more messages",
        "rsync 2, try 2 in lane 5 (alpha): complete, 2.0 s, 0 B in 0 files",
        "  connection reset",
        "  and 2 more messages",
        "rsync 0 in lane 1 (alpha): complete, 12 s, 3.00 GiB in 1,234 files",
        "to be deleted: 30 entries",
        "  alpha/a",
        "  alpha/b",
        "  and 28 more entries",
      ].map((line) => line.replace("(alpha)", "(all of it)")),
    );
  });

  test("are bounded", () => {
    const ends = Array.from({ length: 1000 }, (_, id) => ended(shard({ id, portions: portions("alpha", "beta") })));
    const lines = projectDetails(of({ ends }));
    expect(lines).toHaveLength(41);
    expect(lines[0]).toContain("together with 1 other project");
    expect(lines.at(-1)).toBe("and 960 more rsyncs");
  });
});

import { describe, expect, test } from "@jest/globals";
import { callouts } from "../../../../src/report/summary/callouts.ts";
import { levels } from "../../../../src/report/summary/detail.ts";
import { exampleReport } from "../example.ts";

const [all, , , , , least] = levels;
if (all === undefined || least === undefined) throw new Error("there are six levels of detail");
const reasons = ["one", "two"];

/** Markdown as it is read. */
function read(markdown: string): string {
  return markdown.replace(/<[^>]+>/g, "").replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

describe("callouts", () => {
  test("have the reasons of what is not a success, in the colour of how bad it is", () => {
    expect(callouts(exampleReport({ result: "failure", reasons }), all)).toEqual(["> [!CAUTION]\n> - one\n> - two"]);
    expect(callouts(exampleReport({ result: "degraded", reasons }), all)).toEqual(["> [!WARNING]\n> - one\n> - two"]);
    expect(callouts(exampleReport({ result: "cancelled", reasons }), all)).toEqual(["> [!WARNING]\n> - one\n> - two"]);
  });

  test("are none on an ordinary night", () => {
    expect(callouts(exampleReport({ notices: ["nothing to do about it"] }), all)).toEqual([]);
  });

  test("name what a person decides: what no pattern matches, and what the source no longer has", () => {
    const notCovered = { paths: ["a", "b", "c", "d", "e", "f"], total: 1200 };
    expect(callouts(exampleReport({ notCovered, vanishedProjects: ["omega"] }), all).map(read)).toEqual([
      expect.stringMatching(
        /^> \[!IMPORTANT\]\n> - Not backed up.*"a", "b", "c", "d", "e" and 1,195 more\. .*\n> - Kept .*: 1 project, "omega"\. .*delete-projects removes what is left of it\.$/,
      ),
    ]);
  });

  test("say how many reasons there was no room for", () => {
    const many = Array.from({ length: 8 }, (_, index) => `reason ${index}`);
    expect(callouts(exampleReport({ result: "failure", reasons: many }), least)[0]).toMatch(
      /reason 4\n> - and 3 more in report\.json$/,
    );
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { repository } from "../support/runner.ts";

const page = readFileSync(join(repository, "docs/troubleshooting.md"), "utf8");
/** By file, long strings that stand on several lines made one. */
const sources = new Map(
  readdirSync(join(repository, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => [
      name,
      readFileSync(join(repository, "src", name), "utf8").replace(/(["`]) \+\n\s*(["`])/g, (all, end, start) =>
        end === start ? "" : all,
      ),
    ]),
);
const everySource = [...sources.values()].join("\n");

/** The messages in the first column of the tables, `…` for what changes. */
const documented = [...page.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, message = ""]) => message),
);

/** What a message says whatever it is about: its parts between values, long enough to be found by. */
function fixedParts(message: string): string[] {
  return message
    .replaceAll('\\"', '"')
    .split(/…|\$\{(?:[^{}]|\{[^{}]*\})*(?:\}|$)/)
    .map((part) => part.replace(/^[\s,;:.?()]+|[\s,;:.?()]+$/g, ""))
    .filter((part) => part.length >= 6);
}

const literal = String.raw`(\`(?:[^\`\\]|\\.)*\`|"(?:[^"\\\n]|\\.)*")`;
/** What is given to one of these functions ends a run, or is a reason, a warning or a notice. */
const given = new RegExp(
  String.raw`(?:\b(?:refuse|wrong|lose|unable|failure)|\b(?:problems|found|all|objections|reasons|warnings|notices)\.push|(?:Refused|Usage)Error)\(\s*(?:\[\s*)?${literal}`,
  "g",
);
/** What the checks before a run return, undefined or such a text. */
const returned = new RegExp(String.raw`(?:return|\?|:) ${literal}`, "g");
const collected = [...sources].flatMap(([file, text]) =>
  [...text.matchAll(given), ...(file.startsWith("preflight/") ? text.matchAll(returned) : [])]
    .map(([, whole = ""]) => ({ file, message: whole.slice(1, -1) }))
    .filter(({ message }) => message.includes(" ") && !isDetail(file, message)),
);

/** Whether a text is but a part of messages that are documented themselves. */
function isDetail(file: string, message: string): boolean {
  // What is wrong with a report stands behind "is a report of another form", and rsync's own words behind an exit status.
  return file === "report/conform.ts" || fixedParts(message).join("").length < 12;
}

test("the page has messages, and the sources too", () => {
  expect(documented.length).toBeGreaterThan(120);
  expect(collected.length).toBeGreaterThan(80);
});

test("every message on the page is one of the sources'", () => {
  const stale = documented.filter((message) => fixedParts(message).some((part) => !everySource.includes(part)));
  expect(stale).toEqual([]);
});

test("every message on the page can be found by some words of its own", () => {
  expect(documented.filter((message) => message !== "rsync-args …: …" && fixedParts(message).length === 0)).toEqual([]);
});

test("every message of the sources is on the page", () => {
  const missing = collected.filter(({ message }) => {
    const parts = fixedParts(message);
    return parts.length > 0 && !parts.some((part) => part.length >= 10 && page.includes(part));
  });
  expect(missing).toEqual([]);
});

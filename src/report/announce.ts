import { quoted } from "../inputs/quoted.ts";
import type { Log } from "../log/log.ts";
import { count, counted, someOf } from "./format.ts";
import type { ProjectReport, Report, ShardProblem } from "./report.ts";
import { nothingStarted, problemWords, projectName } from "./words.ts";

/** Something that a person must know, once for all that it concerns. */
interface Announcement {
  /** Short, and the same in every run. */
  readonly title: string;
  readonly text: string;
}

/** Annotations of a kind that GitHub shows for one step. */
const mostAnnotations = 10;
/** Names in a sentence; the report has more. */
const named = 3;

/** What a reason is about, by its words: a test holds them against those who write them. */
const titles: readonly (readonly [words: RegExp, title: string])[] = [
  [/^nothing was deleted: /, "Deletions refused"],
  [/^the contents of .* differ from the source/, "Contents differ"],
  [/could not be read to be compared|could not be read back|could be read back, as/, "Not read back"],
  [/this run copied (is|are) not at the destination any more/, "Copies are gone"],
  [/could not be backed up completely(: .*)?$|not started or not finished$/, "Backup incomplete"],
  [/^cancelled/, "Backup cancelled"],
  [/because this account may not make devices/, "Devices left out"],
  [/vanished before (it|they) could be copied$/, "Files vanished"],
  [/may still be in memory|may not be on its storage/, "Not on the storage"],
  [/^projects .* matches nothing below the source/, "Pattern without a match"],
];

/** What to do about an rsync that failed. */
const advice: ReadonlyMap<number | undefined, string> = new Map([
  [10, "Look at the connection; retries says how often it is tried again"],
  [11, "Make room at the destination, and see that it can be written to"],
  [12, "Look for what ends processes here: a lack of memory, or a connection that breaks"],
  [22, "Give the machine more memory, or run fewer rsyncs with parallelism"],
  [23, "rsync's messages name the files: mostly a right to read or to write is missing"],
  [30, "Look at the storage that does not answer, or raise timeout"],
  [undefined, "Look for what kills processes here: the kernel's log knows if memory ran out"],
]);
const usualAdvice = "rsync's messages are in the summary and in report.json";

/**
 * Says what a person must know, once for each kind of problem and never once for each file or project: errors for a failure, warnings for
 * what only degrades, notices for what should be looked at although all went well.
 */
export function announce(report: Report, log: Log): void {
  if (report.result === "degraded") say(reasons(report), log.warning);
  else if (report.result !== "success") {
    say([...reasons(report), ...failures(report)], log.error);
    say(vanished(report), log.warning);
  }
  say(notices(report), log.notice);
}

/** At most ten, the last of which tells what the others would have. */
function say(all: readonly Announcement[], annotate: Log["error"]): void {
  const most = all.length > mostAnnotations ? mostAnnotations - 1 : mostAnnotations;
  for (const { title, text } of all.slice(0, most)) annotate(text, title);
  const rest = all.slice(most).map(({ text }) => text);
  if (rest.length > 0) annotate(`${count(rest.length)} more: ${rest.slice(0, 20).join("; ")}`, "More problems");
}

function reasons(report: Report): Announcement[] {
  const other = nothingStarted(report) ? "Backup refused" : report.result === "degraded" ? "Warning" : "Backup failed";
  return report.reasons.map((text) => ({ title: titles.find(([words]) => words.test(text))?.[1] ?? other, text }));
}

/** What rsyncs failed with, each exit code once. */
function failures({ projects }: Report): Announcement[] {
  const kinds = new Map<string, { readonly problem: ShardProblem; readonly projects: ProjectReport[] }>();
  for (const project of projects.filter(({ state }) => state === "failed"))
    for (const problem of project.problems.length > 0 ? project.problems : [nothingKnown]) {
      const words = problemWords(problem);
      const kind = kinds.get(words) ?? { problem, projects: [] };
      if (kind.projects.at(-1) !== project) kind.projects.push(project);
      kinds.set(words, kind);
    }
  return [...kinds]
    .sort(([, one], [, other]) => other.projects.length - one.projects.length)
    .map(([words, { problem, projects: concerned }]) => {
      const code = problem.exitCode;
      const [line] = problem.lines;
      const said = line === undefined ? "" : `; the first message: ${line}`;
      return {
        title: code === undefined ? "rsync was ended" : `rsync exit ${code}`,
        text: `${inProjects(concerned)}: ${words}${said}. ${advice.get(code) ?? usualAdvice}`,
      };
    });
}

const nothingKnown: ShardProblem = { exitCode: undefined, meaning: "failed", lines: [] };

function vanished({ projects }: Report): Announcement[] {
  const concerned = projects.filter(({ state }) => state === "warning");
  if (concerned.length === 0) return [];
  return [
    { title: "Files vanished", text: `${inProjects(concerned)}: source files vanished before they could be copied` },
  ];
}

function notices({ notCovered, vanishedProjects, source }: Report): Announcement[] {
  return [
    ...(notCovered.total > 0
      ? [
          {
            title: "Not backed up",
            text: `no pattern of projects matches ${someOf(notCovered.paths.map(quoted), named, notCovered.total)} below ${quoted(source)}, so it is not backed up: add a pattern if it should be`,
          },
        ]
      : []),
    ...(vanishedProjects.length > 0
      ? [
          {
            title: "Projects without a source",
            text: `${counted(vanishedProjects.length, "project")} at the destination ${vanishedProjects.length === 1 ? "is" : "are"} no longer at the source, and kept: ${someOf(vanishedProjects.map(quoted), named)}`,
          },
        ]
      : []),
  ];
}

/** `3 projects (alpha, beta and 1 more)`, or the name of the only one. */
function inProjects(projects: readonly ProjectReport[]): string {
  const shown = projects.map(({ name }) => projectName(name));
  const [only = ""] = shown;
  return shown.length === 1 ? only : `${counted(shown.length, "project")} (${someOf(shown, named)})`;
}

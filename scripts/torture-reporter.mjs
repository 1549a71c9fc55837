// A jest reporter that prints one line for each fault: how often it was made, and how often it was survived. A fault is the outermost
// describe. What was skipped counts for nothing, and its reason stands beside it. With TORTURE_TABLE the table goes into that file,
// between its markers; a run of some of the tests does not write it.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";

const markers = ["<!-- torture -->", "<!-- /torture -->"];

export default class {
  onTestResult(_test, { testFilePath, testResults, testExecError, failureMessage }) {
    for (const { status, fullName, failureMessages } of testResults)
      if (status === "failed") console.error(`\n✕ ${fullName}\n${failureMessages.join("\n")}`);
    if (testExecError) console.error(`\n✕ ${testFilePath}\n${failureMessage ?? testExecError.message}`);
  }

  onTestCaseResult(_test, { status, fullName, duration }) {
    if (status === "passed" || status === "failed")
      console.error(`${status === "passed" ? "✓" : "✕"} ${fullName} (${Math.round(duration ?? 0)} ms)`);
  }

  onRunComplete(_contexts, results) {
    const faults = new Map();
    for (const { testResults } of results.testResults)
      for (const { status, ancestorTitles, title } of testResults) {
        const name = ancestorTitles[0] ?? title;
        const fault = faults.get(name) ?? { times: 0, survived: 0, skipped: [] };
        faults.set(name, fault);
        const reason = /\[skipped: (.*)\]$/.exec(title)?.[1];
        if (status === "passed" || status === "failed") {
          const times = timesOf(title);
          fault.times += times;
          if (status === "passed") fault.survived += times;
        } else if (reason !== undefined) fault.skipped.push(reason);
      }
    const rows = [...faults].filter(([, { times, skipped }]) => times > 0 || skipped.length > 0);
    const [times, survived] = [sum(rows, "times"), sum(rows, "survived")];
    const table = [
      "| Fault | Times | Survived |",
      "| --- | --: | --: |",
      ...rows.map(([name, fault]) => `| ${name}${skippedWords(fault.skipped)} | ${fault.times} | ${fault.survived} |`),
      `| **all** | **${times}** | **${survived}** |`,
    ].join("\n");
    console.log(`\n${table}`);
    const isPartial = results.testResults.some(({ testResults }) =>
      testResults.some(({ status, title }) => status === "pending" && !title.includes("[skipped: ")),
    );
    if (process.env.TORTURE_TABLE === undefined) return;
    if (isPartial) console.error("not written: only a run of all faults is");
    else writeTable(process.env.TORTURE_TABLE, `${conditions()}\n\n${table}`);
  }
}

/** A test that is named after seeds makes its fault once for each. */
function timesOf(title) {
  return /^seeds [\d, ]+$/.test(title) ? title.split(",").length : 1;
}

function sum(rows, what) {
  return rows.reduce((total, [, fault]) => total + fault[what], 0);
}

function skippedWords(reasons) {
  if (reasons.length === 0) return "";
  return ` (${reasons.length} skipped: ${[...new Set(reasons)].join("; ")})`;
}

/** When, with what and on what. */
function conditions() {
  const rsync = /version +(\S+)/.exec(spawnSync("rsync", ["--version"], { encoding: "utf8" }).stdout)?.[1];
  const commit = spawnSync("git", ["rev-parse", "--short=9", "HEAD"], { encoding: "utf8" }).stdout.trim();
  const date = new Date().toISOString().slice(0, 10);
  return `Latest run: ${date}, commit ${commit}, Linux ${release()}, rsync ${rsync}, Node ${process.version}.`;
}

function writeTable(file, content) {
  const text = readFileSync(file, "utf8");
  const [start, end] = markers.map((marker) => text.indexOf(marker));
  if (start < 0 || end < start) throw new Error(`${file} lacks the markers ${markers.join(" … ")}`);
  writeFileSync(file, `${text.slice(0, start + markers[0].length)}\n\n${content}\n\n${text.slice(end)}`);
}

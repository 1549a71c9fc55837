import type { Sample } from "../../../src/measure/measurement.ts";
import { type ProjectReport, type Report, reportVersion } from "../../../src/report/report.ts";

/** A project that went well; what a test is about is given. */
export function project(given: Partial<ProjectReport> = {}): ProjectReport {
  return {
    name: "alpha",
    state: "complete",
    expectedSeconds: 10,
    seconds: 12.5,
    startedAtSeconds: 1,
    endedAtSeconds: 13.5,
    files: 1000,
    filesTransferred: 20,
    filesDeleted: 0,
    bytes: 5_000_000_000,
    bytesTransferred: 30_000_000,
    problems: [],
    ...given,
  };
}

/** A sample in which everything is known. */
function sample(given: Partial<Sample> = {}): Sample {
  return {
    atMs: 1000,
    cpuPercent: 40,
    iowaitPercent: 10,
    memoryUsedBytes: 2 * 1024 ** 3,
    sourceReadBytesPerSecond: 80 * 1024 ** 2,
    sourceBusyPercent: 70,
    destinationWriteBytesPerSecond: 78 * 1024 ** 2,
    destinationBusyPercent: 96,
    networkReceivedBytesPerSecond: 2000,
    networkSentBytesPerSecond: 1500,
    ...given,
  };
}

/** A report whose totals fit its projects; what a test is about is given. */
export function exampleReport(given: Partial<Report> = {}): Report {
  const projects = given.projects ?? [project()];
  const sum = (figure: "files" | "filesTransferred" | "filesDeleted" | "bytes" | "bytesTransferred") =>
    projects.reduce((total, each) => total + each[figure], 0);
  return {
    reportVersion,
    dailysyncVersion: "1.0.0",
    run: {
      id: "20261122-020000-4f1c",
      startedAt: "2026-11-22T02:00:00.000Z",
      endedAt: "2026-11-22T03:02:11.000Z",
      seconds: 3731,
      dryRun: false,
      url: undefined,
    },
    result: "success",
    reasons: [],
    notices: [],
    previousRun: { startedAt: "2026-11-20T02:17:00.000Z", seconds: 3600, result: "success" },
    source: "/data/prod",
    destination: "/data/prod_backup",
    parallelism: {
      ...{ lanes: 5, chosenBy: "4 CPUs plus one", usableCpus: 4, work: undefined },
      ...{ steps: [], rates: [] },
    },
    totals: {
      projects: projects.filter(({ name }) => name !== "").length,
      failedProjects: projects.filter(({ state }) => state === "failed").length,
      files: sum("files"),
      directories: 1234,
      filesTransferred: sum("filesTransferred"),
      filesDeleted: sum("filesDeleted"),
      bytes: sum("bytes"),
      bytesTransferred: sum("bytesTransferred"),
    },
    phases: [
      { name: "preflight", seconds: 0.2 },
      { name: "survey", seconds: 41.3 },
      { name: "copy", seconds: 3689.5 },
    ],
    projects,
    notCovered: { paths: [], total: 0 },
    vanishedProjects: [],
    deletions: undefined,
    wouldChange: undefined,
    shards: projects.map((each, id) => ({
      id,
      kind: "deep",
      projects: [each.name],
      names: 1,
      entries: each.files,
      state: each.state,
    })),
    attempts: projects.map((each, shard) => ({
      shard,
      lane: shard % 5,
      startedAtSeconds: each.startedAtSeconds ?? 0,
      endedAtSeconds: each.endedAtSeconds ?? 1,
      exitCode: each.state === "failed" ? 23 : 0,
      bytesTransferred: each.bytesTransferred,
    })),
    rsync: { version: "3.5.0", arguments: ["-a", "--delete-delay"] },
    machine: {
      host: "backup-1",
      operatingSystem: "Debian GNU/Linux 12 (bookworm)",
      kernel: "6.1.0-31-amd64",
      cpuModel: "AMD EPYC 7302P",
      cpus: 4,
      memoryBytes: 16 * 1024 ** 3,
      disks: ["sda: HDD 3.64 TiB", "sdb: HDD 7.28 TiB"],
      interfaces: ["eth0: 1000 Mbit/s"],
    },
    resources: {
      intervalMs: 1000,
      samples: [sample(), sample({ atMs: 2000, cpuPercent: 90 })],
      source: { device: "sda1", fileSystem: "ext4", mountPoint: "/data" },
      destination: { device: undefined, fileSystem: "nfs4", mountPoint: "/data/prod_backup" },
      memoryTotalBytes: 16 * 1024 ** 3,
      missing: [],
    },
    ...given,
  };
}

/** Names that mean something to Markdown, HTML, Mermaid, GitHub, a terminal or the runner. */
export const hostileNames: readonly string[] = [
  "a|b",
  "a\nb | c |\n\n# heading",
  "`code` ``more`` ```fence```",
  "</code></td></table><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "&lt;b&gt; &amp;#35;",
  "[link](http://evil.example)",
  "![image](http://evil.example/x.png)",
  "http://evil.example https://evil.example",
  "www.evil.example",
  "mail@evil.example",
  "@octocat and @github/security",
  "#123 owner/repo#1 GH-12",
  ":smile: :+1:",
  "*a* _b_ __c__ ~~d~~",
  "$x^2$ $`y`$",
  "- item",
  "+ item",
  "1. item",
  "> quote",
  "\\| \\` \\\\",
  "::error::pwned",
  "::stop-commands::token",
  "##[error]pwned",
  "x ##[group]pwned",
  "\u202egnp.exe",
  "\x1b[31mred\x1b[0m",
  "\r\n::set-output name=x::y",
  "\u200b::warning::x",
  "end",
  "section pwned",
  "title pwned :crit, 1, 2",
  "%%{init: {}}%%",
  'click a href "javascript:alert(1)"',
  "a;b#c:d,e",
  " leading and  double ",
  "<!-- comment -->",
  "\ud800 half",
  "x".repeat(5000),
  "|".repeat(255),
  "項目 ąé ünï 日本語",
];

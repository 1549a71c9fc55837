import { boundsOf } from "../../../src/diagnose/bounds.ts";
import { diagnose } from "../../../src/diagnose/diagnose.ts";
import { noActivities } from "../../../src/measure/activity.ts";
import type { Sample } from "../../../src/measure/measurement.ts";
import { type DiagnosisReport, type ProjectReport, type Report, reportVersion } from "../../../src/report/report.ts";
import { disk, evidenceOf } from "../diagnose/evidence-of.ts";

/** A project that went well; what a test is about is given. */
export function project(given: Partial<ProjectReport> = {}): ProjectReport {
  return {
    name: "alpha",
    state: "complete",
    expectedSeconds: 10,
    seconds: 12.5,
    startedAtSeconds: 1,
    endedAtSeconds: 13.5,
    entries: 1100,
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
export function sample(given: Partial<Sample> = {}): Sample {
  return {
    atMs: 1000,
    cpuPercent: 40,
    iowaitPercent: 10,
    stealPercent: 0,
    memoryUsedBytes: 2 * 1024 ** 3,
    unwrittenBytes: 300 * 1024 ** 2,
    sourceReadBytesPerSecond: 80 * 1024 ** 2,
    sourceBusyPercent: 70,
    sourceAwaitMs: 4,
    sourceQueue: 2.8,
    sourceAnswerMs: 0.5,
    destinationWriteBytesPerSecond: 78 * 1024 ** 2,
    destinationBusyPercent: 96,
    destinationAwaitMs: 20,
    destinationQueue: 12,
    destinationAnswerMs: 9,
    networkReceivedBytesPerSecond: 2000,
    networkSentBytesPerSecond: 1500,
    retransmittedPercent: 0.1,
    cpuStallPercent: 3,
    ioStallPercent: 60,
    memoryStallPercent: 0,
    throttledPercent: 0,
    refaultsPerSecond: 5,
    rsyncs: 5,
    rsyncReadBytesPerSecond: 81 * 1024 ** 2,
    activities: {
      source: { ...noActivities(), onCpu: 0.8, fileData: 1.2, peer: 3 },
      destination: { ...noActivities(), onCpu: 1, fileData: 4, fileMetadata: 1, peer: 4 },
    },
    ...given,
  };
}

/** Of a source's disk that is busy. */
function exampleDiagnosis(): DiagnosisReport {
  const evidence = evidenceOf({
    roles: { sender: { fileData: 96, fileMetadata: 2 } },
    source: disk("sdb1", { busyPercent: 99, queue: 7.7, awaitMs: 300 }),
  });
  const diagnosis = diagnose(evidence);
  const trend = "source-disk in 9 of the last 10 runs, and today";
  return { ...diagnosis, bounds: boundsOf(evidence, diagnosis.verdicts), trend, evidence };
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
    trends: {
      duration: { runs: 14, medianSeconds: 3700, medianBytesTransferred: 30_000_000 },
      growth: [],
    },
    source: "/data/prod",
    sourceIdentity: { fileSystem: "nfs4 nas:/export/prod", inode: "2" },
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
      { name: "preflight", startedAtSeconds: 0, seconds: 0.2 },
      { name: "survey", startedAtSeconds: 0.2, seconds: 41.3 },
      { name: "copy", startedAtSeconds: 41.5, seconds: 3689.5 },
    ],
    diagnosis: exampleDiagnosis(),
    projects,
    notCovered: { paths: [], total: 0 },
    vanishedProjects: [],
    deletedProjects: [],
    deletions: undefined,
    versions: undefined,
    wouldChange: undefined,
    verification: undefined,
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
      fileSystems: ["/data: ext4, 3.58 TiB, 61 % in use"],
      interfaces: ["eth0: 1000 Mbit/s"],
    },
    resources: {
      intervalMs: 1000,
      samples: [sample(), sample({ atMs: 2000, cpuPercent: 90 })],
      source: {
        ...{ device: "sda1", fileSystem: "ext4", kind: "block", mountPoint: "/data" },
        devices: [
          { name: "sda1", deviceNumber: "8:1", rotational: true },
          { name: "sda", deviceNumber: "8:0", rotational: true },
        ],
        ...{ remote: undefined, nfs: undefined, limits: [] },
      },
      destination: {
        ...{ device: undefined, devices: [], fileSystem: "nfs4", kind: "network", mountPoint: "/data/prod_backup" },
        remote: { address: "10.0.5.9", interface: "eth0", linkBitsPerSecond: 1_000_000_000 },
        ...{ nfs: undefined, limits: [] },
      },
      memoryTotalBytes: 16 * 1024 ** 3,
      group: {
        ...{ cpuQuota: undefined, memoryLimitBytes: undefined },
        ...{ memoryPeakBytes: 3 * 1024 ** 3, memoryLimitHits: undefined },
      },
      rsyncs: undefined,
      costSeconds: 12,
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

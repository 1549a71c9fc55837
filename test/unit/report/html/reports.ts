import type { PastRun } from "../../../../src/history/history.ts";
import type { AttemptReport, Report } from "../../../../src/report/report.ts";
import { exampleReport, project } from "../example.ts";

/** A run of so many projects in ten lanes: some failed, some tried again. */
export function reportOfMany(projects: number, attempts: number = projects): Report {
  const all = Array.from({ length: projects }, (_, index) =>
    project({
      name: `team-${index % 17}/project-${index}`,
      state: index % 97 === 41 ? "failed" : "complete",
      seconds: 1 + ((index * 7919) % 1000) / 10,
      bytes: ((index * 104_729) % 9999) * 100_000,
      bytesTransferred: ((index * 7919) % 999) * 100_000,
      problems:
        index % 97 === 41
          ? [{ exitCode: 23, meaning: "some files could not be transferred", lines: ["rsync: permission denied (13)"] }]
          : [],
    }),
  );
  const free = Array.from({ length: 10 }, () => 41.5);
  const tries = Array.from({ length: attempts }, (_, index): AttemptReport => {
    const lane = free.indexOf(Math.min(...free));
    const startedAtSeconds = free[lane] ?? 0;
    const endedAtSeconds = startedAtSeconds + ((1 + ((index * 7919) % 100) / 4) * 27_000) / Math.max(30, attempts * 10);
    free[lane] = endedAtSeconds;
    const again = index % 50 === 49;
    return {
      ...{ shard: (again ? index - 1 : index) % Math.max(1, projects), lane, startedAtSeconds, endedAtSeconds },
      exitCode: index % 50 === 48 ? 12 : index % 97 === 41 ? 23 : 0,
      bytesTransferred: 1_000_000,
    };
  });
  return { ...exampleReport({ projects: all }), attempts: tries };
}

/** Nights before a report's. */
export function pastOf(runs: number): PastRun[] {
  const results = ["success", "success", "degraded", "success", "failure", "cancelled"] as const;
  return Array.from({ length: runs }, (_, index) => ({
    startedAt: new Date(Date.UTC(2026, 7, 25 + index, 2)).toISOString(),
    seconds: 3000 + ((index * 7919) % 1500),
    result: results[index % results.length] ?? "success",
    ...{ projects: 7, files: 1000, filesTransferred: 20, bytes: 5e9, lanes: 5 },
    bytesTransferred: ((index * 104_729) % 999) * 1e6,
    verdict: index % 3 === 0 ? "cpu" : "source-disk",
  }));
}

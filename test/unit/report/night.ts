import type { AttemptReport, ProjectReport, Report } from "../../../src/report/report.ts";
import { seeded } from "../../support/random.ts";
import { exampleReport, project, sample } from "./example.ts";

const lanes = 8;

/** A night as it may have been, of so many projects with these names in turn: heavy-tailed sizes, one in fifty failed, figures with a course. */
export function night(projects: number, names: readonly string[] = ordinaryNames(projects)): Report {
  const random = seeded(projects);
  const free = Array.from({ length: lanes }, () => 42);
  const attempts: AttemptReport[] = [];
  const reports: ProjectReport[] = [];
  for (let index = 0; index < projects; index++) {
    const seconds = 2000 / (1 + random.whole(1000)) + 1;
    const lane = free.indexOf(Math.min(...free));
    const startedAtSeconds = free[lane] ?? 0;
    const failed = index % 50 === 1;
    const bytesTransferred = Math.round(seconds * 30e6);
    free[lane] = startedAtSeconds + seconds;
    attempts.push({
      ...{ shard: index, lane, startedAtSeconds, endedAtSeconds: startedAtSeconds + seconds },
      ...{ exitCode: failed ? 23 : 0, bytesTransferred },
    });
    reports.push(
      project({
        ...{ name: names[index % names.length] ?? "", state: failed ? "failed" : "complete", seconds },
        ...{ startedAtSeconds, endedAtSeconds: startedAtSeconds + seconds },
        ...{ files: 100 + random.whole(100_000), bytes: bytesTransferred * 20, bytesTransferred },
        problems: failed
          ? [{ exitCode: 23, meaning: "some files could not be transferred", lines: ["rsync: denied"] }]
          : [],
      }),
    );
  }
  const seconds = Math.max(60, ...free);
  const example = exampleReport({ projects: reports, attempts });
  const failed = reports.filter(({ state }) => state === "failed").length;
  return {
    ...example,
    result: failed > 0 ? "failure" : "success",
    reasons: failed > 0 ? [`${failed} projects could not be backed up completely`] : [],
    run: { ...example.run, seconds },
    parallelism: { ...example.parallelism, lanes },
    phases: [
      { name: "survey", startedAtSeconds: 0, seconds: 42 },
      { name: "copy", startedAtSeconds: 42, seconds: seconds - 42 },
    ],
    vanishedProjects: names.slice(0, 2),
    resources: example.resources && {
      ...example.resources,
      samples: Array.from({ length: 240 }, (_, index) => {
        const share = index / 240;
        return sample({
          atMs: ((index + 1) * seconds * 1000) / 240,
          cpuPercent: 30 + 40 * Math.sin(share * 9) ** 2 + random.whole(10),
          sourceReadBytesPerSecond: share < 0.1 ? 0 : (60 + 40 * Math.cos(share * 12) + random.whole(8)) * 1024 ** 2,
          destinationWriteBytesPerSecond: share < 0.1 ? 0 : (50 + 45 * Math.cos(share * 12 - 0.5)) * 1024 ** 2,
          networkSentBytesPerSecond: share < 0.1 ? 2000 : (20 + random.whole(8)) * 1024 ** 2,
        });
      }),
    },
  };
}

function ordinaryNames(number: number): string[] {
  return Array.from({ length: number }, (_, index) => `${["alpha", "beta", "gamma", "delta"][index % 4]}-${index}`);
}

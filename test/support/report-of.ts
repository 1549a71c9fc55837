import { readFileSync } from "node:fs";
import type { Report } from "../../src/report/report.ts";
import { schemaErrors } from "./report-schema.ts";
import type { FinishedAction } from "./runner.ts";

/** The report.json that an action's output `report` names. */
export function reportOf({ outputs }: FinishedAction): Report {
  return readReport(outputs["report"] ?? "");
}

/** A report.json, which must be as its published schema says, and have nothing else. */
export function readReport(path: string): Report {
  const report: unknown = JSON.parse(readFileSync(path, "utf8"));
  const errors = schemaErrors(report);
  if (errors.length > 0) throw new Error(`${path} is not as schema/report.schema.json says:\n${errors.join("\n")}`);
  return report as Report;
}

/** Exit codes of each try of the rsyncs that copied a project, in their order; null for one that a signal ended. */
export function exitCodesOf(report: Report, project: string): (number | null)[] {
  const shards = new Set(
    report.shards
      .filter(({ projects, kind }) => projects.includes(project) && (kind === "deep" || kind === "whole"))
      .map(({ id }) => id),
  );
  return report.attempts.filter(({ shard }) => shards.has(shard)).map(({ exitCode }) => exitCode ?? null);
}

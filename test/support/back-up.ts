import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup } from "../../src/backup.ts";
import type { InputName } from "../../src/inputs/definition.ts";
import { validate } from "../../src/inputs/validate.ts";
import type { Report } from "../../src/report/report.ts";
import type { Surroundings } from "../../src/surroundings.ts";
import { keepingLog } from "./keeping-log.ts";

/** Runs a whole backup in this process, with inputs as a workflow writes them. */
export async function backUp(
  values: Partial<Record<InputName, string>>,
  surroundings: Partial<Surroundings> = {},
): Promise<Report> {
  const given = new Map(Object.entries(values)) as ReadonlyMap<InputName, string>;
  const validated = validate({ values: given, problems: [] }, { cwd: "/", variables: { HOME: "/nonexistent" } });
  return backup(validated, {
    log: keepingLog(),
    signal: new AbortController().signal,
    version: "0.0.0-test",
    firstPauseMs: 10,
    ...surroundings,
  });
}

/** A directory of its own for a test, removed by `dispose`. */
export function scratch(): { readonly path: string; readonly dispose: () => void } {
  const path = mkdtempSync(join(tmpdir(), "dailysync-test-"));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

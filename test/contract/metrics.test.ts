import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { metrics } from "../../src/report/metrics.ts";
import { testUnless } from "../support/privileges.ts";
import { repository } from "../support/runner.ts";
import { emptyDirectories } from "../support/tree.ts";
import { exampleReport } from "../unit/report/example.ts";
import { parseExposition } from "../unit/report/exposition-parser.ts";

const noPromtool = spawnSync("promtool", ["--version"]).status === 0 ? undefined : "promtool is not installed";
const emptyDirectory = emptyDirectories();

const read = (file: string): string => readFileSync(join(repository, file), "utf8");
const written = new Set(
  parseExposition(metrics([{ report: exampleReport(), lastSuccess: 0 }])).map(({ name }) => name),
);
const [, rules = ""] = /```yaml\n(groups:\n.*?)```/s.exec(read("README.md")) ?? [];

/** What promtool needs to see the alerts at work: a last success at 0:00, and a machine that says nothing of any. */
const alertTests = `
rule_files: [rules.yml]
tests:
  - interval: 1m
    input_series:
      - series: 'dailysync_last_success_timestamp_seconds{source="/data/prod",destination="/mnt/nas/prod_backup"}'
        values: 0+0x3000
    alert_rule_test:
      - { eval_time: 25h, alertname: NoSuccessfulBackup, exp_alerts: [] }
      - { eval_time: 27h, alertname: NoBackupMetrics, exp_alerts: [] }
      - eval_time: 27h
        alertname: NoSuccessfulBackup
        exp_alerts:
          - exp_labels: { severity: critical, source: /data/prod, destination: /mnt/nas/prod_backup }
            exp_annotations: { summary: /data/prod has had no successful backup for 1d 3h 0m 0s }
  - interval: 1m
    input_series: [{ series: other, values: 0x3000 }]
    alert_rule_test:
      - eval_time: 2h
        alertname: NoBackupMetrics
        exp_alerts:
          - exp_labels: { severity: critical, destination: /mnt/nas/prod_backup }
            exp_annotations: { summary: nothing is known of the backup to /mnt/nas/prod_backup }
`;

describe("README's alerts", () => {
  test("ask for metrics that there are", () => {
    const { groups } = parse(rules) as { groups: { rules: { alert: string; expr: string }[] }[] };
    const expressions = groups.flatMap((group) => group.rules.map(({ expr }) => expr));
    expect(expressions).toHaveLength(2);
    for (const expression of expressions) {
      const names = expression.match(/dailysync_\w+/g) ?? [];
      expect(names).not.toEqual([]);
      expect(names.filter((name) => !written.has(name))).toEqual([]);
    }
  });

  testUnless(noPromtool)("come when they should, by promtool", async () => {
    const directory = emptyDirectory();
    writeFileSync(join(directory, "rules.yml"), rules);
    writeFileSync(join(directory, "tests.yml"), alertTests);
    const promtool = (...words: readonly string[]) =>
      spawnSync("promtool", words, { cwd: directory, encoding: "utf8" });
    for (const { status, stdout, stderr } of [
      promtool("check", "rules", "rules.yml"),
      promtool("test", "rules", "tests.yml"),
    ])
      expect([status, stdout + stderr]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });
});

test("docs/report.md names every metric", () => {
  const documented = new Set(read("docs/report.md").match(/`(dailysync)?_\w+`/g));
  const isDocumented = (name: string) =>
    [name, name.replace("dailysync_last_run", ""), name.replace("dailysync_last_run_project", "")].some((one) =>
      documented.has(`\`${one}\``),
    );
  expect([...written].filter((name) => !isDocumented(name))).toEqual([]);
});

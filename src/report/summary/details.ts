import { bytes, count, duration } from "../format.ts";
import type { Report } from "../report.ts";
import { stepsWords } from "../words.ts";
import type { SummaryDetail } from "./detail.ts";
import { folded, name, prose, table } from "./markdown.ts";

/** Phases, versions, arguments and machine, folded. */
export function details(report: Report, detail: SummaryDetail): string {
  const { run, rsync, parallelism, machine } = report;
  const line = (label: string, value: string | undefined) => (value === undefined ? [] : [`- ${label}: ${value}`]);
  const shown = rsync.arguments.slice(0, detail.paths);
  const left = rsync.arguments.length - shown.length;
  const facts = [
    ...line("Run", `${name(run.id)}, ${moment(run.startedAt)} to ${moment(run.endedAt)}`),
    ...line("dailysync", name(report.dailysyncVersion)),
    ...line("rsync", rsync.version === undefined ? undefined : name(rsync.version)),
    ...line(
      "rsync's arguments",
      shown.length === 0 ? undefined : `${shown.map(name).join(" ")}${left > 0 ? ` and ${count(left)} more` : ""}`,
    ),
    ...line("rsyncs at once", `${parallelism.lanes}, ${prose(parallelism.chosenBy)}`),
    ...line("while it ran", parallelism.steps.length === 0 ? undefined : prose(stepsWords(parallelism.steps))),
    ...line("Host", machine?.host === undefined ? undefined : name(machine.host)),
    ...line("System", systemWords(report)),
    ...line("CPU", machine?.cpuModel === undefined ? undefined : `${machine.cpus ?? "?"} × ${prose(machine.cpuModel)}`),
    ...line("Memory", machine?.memoryBytes === undefined ? undefined : bytes(machine.memoryBytes)),
    ...(machine?.disks ?? []).flatMap((disk) => line("Disk", prose(disk))),
    ...(machine?.fileSystems ?? []).flatMap((one) => line("File system", prose(one))),
    ...(machine?.interfaces ?? []).flatMap((card) => line("Network", prose(card))),
  ];
  const parts = [facts.join("\n")];
  if (report.phases.length > 0) {
    const deleting = report.diagnosis?.evidence.seconds.deleting ?? 0;
    const rows = report.phases.flatMap((phase) => [
      [prose(phase.name), duration(phase.seconds)],
      ...(phase.name === "copy" && deleting > 0 ? [["of the rsyncs' time in it: deleting", duration(deleting)]] : []),
    ]);
    parts.unshift(table(["Phase", "Time"], rows, new Set([1])));
  }
  return folded("Details: phases, arguments, versions, machine", parts.join("\n\n"));
}

/** `2026-11-22 02:00:00 UTC` of an ISO 8601 moment. */
function moment(iso: string): string {
  return prose(iso.replace(/^(\S+)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, "$1 $2 UTC"));
}

function systemWords({ machine }: Report): string | undefined {
  if (machine?.operatingSystem === undefined) return undefined;
  return `${prose(machine.operatingSystem)}${machine.kernel === undefined ? "" : `, kernel ${prose(machine.kernel)}`}`;
}

// Measures one workload: dailysync and its peers in turns, every round from the same state.
import { join } from "node:path";
import { dailysyncSeries, usualHistory } from "./dailysync.mjs";
import { differences } from "./exactness.mjs";
import { tell } from "./progress.mjs";
import { timed } from "./timed-command.mjs";
import { emptyDirectory } from "./workspace.mjs";

// While the best setting is looked for, one that takes this many times as long as the best so far, and seconds more, is given up.
const hopeless = { times: 1.5, seconds: 1 };

/**
 * Resolves to the contenders, in the order of the table, each
 * - name: a peer's, or "fresh" and "warm" for dailysync without and with history;
 * - title and setting: what the table says;
 * - usual: whether it is the one of dailysync's two that targets are about;
 * - seconds: of every round, none when missing or failed;
 * - exact: what is said of the copy;
 * - peakBytes: dailysync's own memory at its highest;
 * - tried: for a peer with several settings what each took, as text;
 * - problem: why there are no figures, as text, undefined if there are.
 */
export async function compare({ workload, place, projects, peers, runs }) {
  const { start, deletes } = workload;
  const contenders = [];
  for (const peer of peers)
    contenders.push(await peerContender({ peer, place, start, deletes, projects, log: await logFile(peer.name) }));
  const ours = [];
  for (const history of ["fresh", "warm"]) {
    const title = history === "fresh" ? "dailysync, no history" : "dailysync, with history";
    const run = await dailysyncSeries({ place, start, deletes, history, name: history });
    ours.push({
      ...{ name: history, title, setting: "", usual: history === usualHistory(start), seconds: [], exact: "yes" },
      peakBytes: 0,
      async measure() {
        const { seconds, peakBytes = 0, report } = await run();
        this.seconds.push(seconds);
        this.peakBytes = Math.max(this.peakBytes, peakBytes);
        this.setting = `${report.parallelism.lanes} at once`;
        tell(title, seconds, this.setting);
      },
    });
  }
  // One rsync and dailysync next to each other, as the targets compare them most.
  contenders.splice(peers[0]?.name === "rsync" ? 1 : 0, 0, ...ours);
  for (let round = 0; round < runs; round++)
    for (const contender of contenders) if (contender.problem === undefined) await contender.measure();
  return contenders;
}

/** One peer with its best setting. */
async function peerContender({ peer, place, start, deletes, projects, log }) {
  const contender = { name: peer.name, title: peer.title, setting: "", seconds: [], exact: "", tried: [] };
  if (peer.missing !== undefined) return { ...contender, problem: peer.missing };

  async function run(setting, limitSeconds) {
    await place.reset(start);
    const words = await peer.command(place, setting, deletes);
    const result = await timed(words, { log, limitSeconds });
    tell(`${peer.title} ${setting.label}`.trim(), result.seconds, result.limited ? "given up" : statusRemark(result));
    return result;
  }

  const settings = peer.settings(projects);
  let best = { setting: settings[0], seconds: Number.POSITIVE_INFINITY };
  if (settings.length > 1) {
    for (const setting of settings) {
      const { seconds, status, limited } = await run(setting, best.seconds * hopeless.times + hopeless.seconds);
      const took = status !== 0 && !limited ? "failed" : `${limited ? "more than " : ""}${seconds.toFixed(2)} s`;
      contender.tried.push(`${setting.label}: ${took}`);
      if (status === 0 && !limited && seconds < best.seconds) best = { setting, seconds };
    }
    if (best.seconds === Number.POSITIVE_INFINITY) return { ...contender, problem: "failed with every setting" };
  }

  return {
    ...contender,
    setting: best.setting.label,
    async measure() {
      const { seconds, status } = await run(best.setting);
      if (status !== 0) {
        this.problem = `failed with status ${status ?? "of a signal"}`;
        this.seconds = [];
        return;
      }
      this.seconds.push(seconds);
      if (this.exact !== "") return;
      this.exact = inWords(await differences(place.behind.source, place.behind.destination));
    },
  };
}

/** What is said of a copy with these differences: how many, and what rsync calls the most frequent kind of them. */
function inWords(lines) {
  if (lines.length === 0) return "yes";
  const counts = new Map();
  for (const [kind] of lines.map((line) => line.split(" "))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const [[most]] = [...counts].toSorted(([, one], [, other]) => other - one);
  return lines.length === 1 ? `no, 1 difference, \`${most}\`` : `no, ${lines.length} differences, mostly \`${most}\``;
}

function statusRemark({ status }) {
  return status === 0 ? "" : `status ${status ?? "of a signal"}`;
}

async function logFile(name) {
  return join(await emptyDirectory("logs", name), "log");
}

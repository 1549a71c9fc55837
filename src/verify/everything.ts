import type { RunRecord } from "../record.ts";
import type { Workshop } from "../run/workshop.ts";
import type { Candidate } from "./candidate.ts";
import { filesInOrder, type Walking } from "./files-in-order.ts";
import { passing } from "./passing.ts";
import { positionOf, type SampleProgress } from "./sample.ts";

/**
 * All files that a run backs up, in the order of samples: from behind the place where the last sample stopped on to the end, and from
 * the beginning to that place. A file that is new comes when the order comes to it.
 *
 * @param after the last sample; undefined to begin at the beginning
 */
export async function* everything(
  { inputs, selection, plan }: Pick<RunRecord, "inputs" | "selection" | "plan">,
  workshop: Workshop,
  after: SampleProgress | undefined,
  onUnreadable: Walking["onUnreadable"],
): AsyncGenerator<Candidate> {
  if (selection === undefined) return;
  const { settings, signal } = workshop;
  const { oneFileSystem } = inputs;
  const walking: Walking = { source: settings.source, selection, oneFileSystem, onUnreadable, signal };
  const start = after === undefined ? undefined : positionOf(after);
  const inOrder = async function* (): AsyncGenerator<Candidate> {
    yield* filesInOrder(walking, { behind: start, upTo: undefined });
    if (start !== undefined) yield* filesInOrder(walking, { behind: undefined, upTo: start });
  };
  // Rules that are read from files cannot be asked about.
  yield* plan?.notSplit === undefined ? passing(inOrder(), workshop, settings) : inOrder();
}

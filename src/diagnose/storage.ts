import { disk } from "./disk.ts";
import { distant } from "./distant.ts";
import type { Evidence } from "./evidence.ts";
import type { Side } from "./shares.ts";
import type { Verdict } from "./verdict.ts";

/**
 * All that the storage of a side can be to blame for.
 *
 * @param least percent of the rsyncs' time that they must wait for it
 */
export function storage(evidence: Evidence, side: Side, least: number): Verdict | undefined {
  const { kind } = evidence[side];
  // What is memory keeps nobody waiting for it.
  if (kind === "memory") return undefined;
  return (kind === "network" || kind === "user-space" ? distant : disk)(evidence, side, least);
}

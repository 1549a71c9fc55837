import type { PhaseState } from "./log.ts";

/**
 * A phase that begins now, to be followed.
 *
 * @param soFar what it has done up to the moment
 */
export function phaseState(name: string, soFar?: () => string): () => PhaseState {
  const startedAt = performance.now();
  return () => ({ kind: "phase", name, elapsedSeconds: (performance.now() - startedAt) / 1000, soFar: soFar?.() });
}

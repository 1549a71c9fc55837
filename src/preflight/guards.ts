import type { Inputs } from "../inputs/inputs.ts";
import type { Mount } from "../measure/storage.ts";
import { markerMissing } from "./marker.ts";
import { readMounts } from "./mounts.ts";
import { notMounted, type Place } from "./places.ts";

/** Source and destination by their real paths; undefined what could not be found. */
type Ends = Readonly<Record<"source" | "destination", Pick<Place, "realPath"> | undefined>>;

/** Which of the places that require-mount names are not mounted, a sentence each. */
export function missingMounts(
  { requireMount }: Pick<Inputs, "requireMount">,
  ends: Ends,
  mounts: readonly Mount[],
): string[] {
  return (["source", "destination"] as const).flatMap((end) => {
    const place = ends[end];
    if (place === undefined || (requireMount !== end && requireMount !== "both")) return [];
    return notMounted(end, place, mounts) ?? [];
  });
}

/** What require-mount and marker have against the places of a run as they are now; undefined if they are what was asked for. */
export async function unguarded(
  inputs: Pick<Inputs, "requireMount" | "marker">,
  { source, destination }: { readonly source: string; readonly destination: string },
  mounts: readonly Mount[] = readMounts(),
): Promise<string | undefined> {
  const [unmounted] = missingMounts(
    inputs,
    { source: { realPath: source }, destination: { realPath: destination } },
    mounts,
  );
  return unmounted ?? (await markerMissing(destination, inputs.marker));
}

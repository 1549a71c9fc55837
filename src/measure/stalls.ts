import { readFileSync } from "node:fs";
import { orUndefined, type ReadFile } from "./read-file.ts";

/**
 * How long processes have been held up, in microseconds since boot or since the group was made (kernel documentation
 * accounting/psi.rst). `Some`: at least one waited while others may have worked.
 * The machine's figures are means over its CPUs, weighted by how busy each is: one process that waits all the time
 * vanishes beside busy ones. Those of a small control group are not thinned like that.
 */
export interface Stalls {
  readonly cpuSomeMicroseconds: number | undefined;
  readonly ioSomeMicroseconds: number | undefined;
  readonly memorySomeMicroseconds: number | undefined;
}

const wholeMachine = "/proc/pressure";

/**
 * Reads the pressure files of the machine, or of a control group of version 2. Undefined when none tells anything: the
 * kernel was built without them, or they are off until it is started with psi=1.
 * @param directory /proc/pressure or that of a control group
 */
export function readStalls(
  readFile: ReadFile = (path) => readFileSync(path, "utf8"),
  directory: string = wholeMachine,
): Stalls | undefined {
  const suffix = directory === wholeMachine ? "" : ".pressure";
  const read = (resource: string) =>
    totalOfSome(orUndefined(() => readFile(`${directory}/${resource}${suffix}`)) ?? "");
  const stalls: Stalls = {
    cpuSomeMicroseconds: read("cpu"),
    ioSomeMicroseconds: read("io"),
    memorySomeMicroseconds: read("memory"),
  };
  return Object.values(stalls).some((value) => value !== undefined) ? stalls : undefined;
}

/** The total of one pressure file in microseconds; the averages beside it change too slowly for a reading a second. */
function totalOfSome(text: string): number | undefined {
  const digits = /^some .*\btotal=(\d+)/m.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

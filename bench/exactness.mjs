// Whether a destination equals its source, with one rsync as the judge.
import { output } from "./processes.mjs";

/** Resolves to the differences between two directories, one line of `rsync -ain --delete` each; none when they are equal. */
export async function differences(source, destination) {
  const lines = (await output("rsync", ["-ain", "--delete", `${source}/`, `${destination}/`])).split("\n");
  return lines.filter((line) => line !== "");
}

import { bytes, counted, percent, rate, transferRate } from "./format.ts";
import type { Report } from "./report.ts";
import { secondsOfCopying } from "./verification.ts";

/** What there was, what of it was moved and what went, in words: `deleted` is a sentence with a blank before it, or empty. */
export function totalsWords(report: Report): Readonly<Record<"size" | "would" | "moved" | "deleted", string>> {
  const { totals, run, deletions } = report;
  const speed = transferRate(totals.bytesTransferred, secondsOfCopying(report));
  const share = totals.bytes > 0 ? ` (${percent((totals.bytesTransferred / totals.bytes) * 100)})` : "";
  const pace = speed === undefined || run.dryRun ? "" : `, ${rate(speed)} on average`;
  const gone = `${counted(totals.filesDeleted, "entry", "entries")} ${run.dryRun ? "would be " : ""}deleted.`;
  return {
    size: `${bytes(totals.bytes)} in ${counted(totals.files, "file")} and ${counted(totals.directories, "directory", "directories")}`,
    would: run.dryRun ? "Would be transferred" : "Transferred",
    moved: `${bytes(totals.bytesTransferred)}${share} in ${counted(totals.filesTransferred, "file")}${pace}`,
    deleted: deletions === undefined ? "" : ` ${gone}`,
  };
}

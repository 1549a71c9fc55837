import schema from "../../schema/report.schema.json" with { type: "json" };
import { RefusedError } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { conforming, NotConforming } from "./conform.ts";
import { type Report, reportVersion } from "./report.ts";

/**
 * The report that a report.json holds. One that an older dailysync wrote lacks fields: a list that is missing is empty, whatever else
 * came later may be undefined. What a newer one added is kept, and not shown.
 *
 * @param text the whole file
 * @throws RefusedError where it is no report, or one that cannot be shown, with what to do
 */
export function readReport(text: string): Report {
  const read = parsed(text);
  const { reportVersion: version, dailysyncVersion: writer } = (
    typeof read === "object" && read !== null ? read : {}
  ) as Partial<Readonly<Record<string, unknown>>>;
  if (typeof version !== "number")
    throw new RefusedError(["is JSON, but no report of dailysync: it has no reportVersion"]);
  if (version !== reportVersion)
    throw new RefusedError([
      `is a report of format version ${version}, and this dailysync reads version ${reportVersion}: use the dailysync that wrote it, or one of its major version`,
    ]);
  try {
    return conforming(read, schema) as Report;
  } catch (error) {
    if (!(error instanceof NotConforming)) throw error;
    // A newer one may know words that this one does not.
    const by = typeof writer === "string" ? ` (written by dailysync ${quoted(writer)})` : "";
    throw new RefusedError([`is a report of another form than this dailysync reads${by}: ${error.message}`]);
  }
}

function parsed(text: string): unknown {
  if (text.trim() === "") throw new RefusedError(["is empty"]);
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedError(["is not JSON, or was cut off: name a report.json that a run of dailysync has written"]);
  }
}

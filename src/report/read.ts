import { Ajv, type ErrorObject } from "ajv";
import schema from "../../schema/report.schema.json" with { type: "json" };
import { RefusedError } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { type Report, reportVersion } from "./report.ts";

/** The moments that we write (ECMAScript's own form); what looks like none would go into pages and charts as it stands. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * The report that a report.json holds. One that an older dailysync wrote lacks fields: a list that is missing is empty, whatever else
 * came later may be undefined. What a newer one added is kept, and not shown.
 *
 * @param text the whole file
 * @throws RefusedError where it is no report, or one that cannot be shown, with what to do
 */
export function readReport(text: string): Report {
  const read = parsed(text);
  const { reportVersion: version } = (typeof read === "object" && read !== null ? read : {}) as Partial<Report>;
  if (typeof version !== "number")
    throw new RefusedError(["is JSON, but no report of dailysync: it has no reportVersion"]);
  if (version !== reportVersion)
    throw new RefusedError([
      `is a report of format version ${version}, and this dailysync reads version ${reportVersion}: use the dailysync that wrote it, or one of its major version`,
    ]);
  const ajv = new Ajv({ strict: false, useDefaults: true, formats: { "date-time": moment } });
  const isReport = ajv.compile<Report>(schema);
  if (!isReport(read)) throw new RefusedError([complaint(isReport.errors?.[0], read)]);
  return read;
}

function parsed(text: string): unknown {
  if (text.trim() === "") throw new RefusedError(["is empty"]);
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedError(["is not JSON, or was cut off: name a report.json that a run of dailysync has written"]);
  }
}

/** What is wrong, and which dailysync wrote it: a newer one may know words that this one does not. */
function complaint(error: ErrorObject | undefined, read: unknown): string {
  const { dailysyncVersion } = read as Partial<Record<"dailysyncVersion", unknown>>;
  const writer = typeof dailysyncVersion === "string" ? ` (written by dailysync ${quoted(dailysyncVersion)})` : "";
  const where = error?.instancePath ? `: ${quoted(error.instancePath.slice(1))}` : ":";
  return `is a report of another form than this dailysync reads${writer}${where} ${error?.message ?? "is wrong"}`;
}

import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** The outputs of action.yml, which are all set on every way out. */
export const outputNames: readonly string[] = Object.keys(
  (parse(readFileSync(new URL("../../action.yml", import.meta.url), "utf8")) as { readonly outputs: object }).outputs,
);

// Writes action.json: action.yml as JSON, which TypeScript, jest and esbuild can import without a YAML parser.
// `npm run build` runs it; a test holds the two files equal.
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

const action = parse(readFileSync(new URL("../../action.yml", import.meta.url), "utf8"));
writeFileSync(new URL("action.json", import.meta.url), `${JSON.stringify(action, null, 2)}\n`);

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { findProgram } from "../../src/program.ts";

const program = ["chromium", "chromium-browser", "google-chrome"].map(findProgram).find((path) => path !== undefined);

/** Why nothing can be drawn in a browser here; undefined if it can. */
export const noChromium = program === undefined || !existsSync(program) ? "Chromium is not installed" : undefined;

/** A browser without a window. */
export function startChromium(): Promise<Browser> {
  // Chromium refuses its sandbox to root, and what it is shown here is ours.
  return chromium.launch({ executablePath: program ?? "", args: ["--no-sandbox"] });
}

import { summary } from "../../../../src/report/summary/summary.ts";
import { hostileNames } from "../example.ts";
import { night } from "../night.ts";

/** Nights of all sizes, and one of names that mean something to Mermaid. */
export const nights = [
  ["1 project", night(1)],
  ["7 projects", night(7)],
  ["300 projects", night(300)],
  ["5,000 projects", night(5000)],
  ["hostile names", night(hostileNames.length, hostileNames)],
] as const;

/** The Mermaid diagrams in a summary. */
export function diagramsIn(report: Parameters<typeof summary>[0]): string[] {
  return [...summary(report).matchAll(/^```mermaid\n([\s\S]*?)\n```$/gm)].map(([, diagram = ""]) => diagram);
}

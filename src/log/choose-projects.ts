import type { ProjectEnd } from "./log.ts";

/** With more projects than these only some are told of by themselves. */
const fewProjects = 200;
/** A project that took so many seconds is one of them. */
const longSeconds = 60;

/**
 * Which projects a log tells of one by one, so that thousands do not flood it: all of up to 200, else those that had a problem or took a
 * minute, the first 200 of them. The others are counted in the lines that say how far the run is, and all are in the report.
 */
export function chooseProjects(): (end: ProjectEnd) => boolean {
  let told = 0;
  return ({ projects, isUnwell, seconds }) => {
    const isWorthIt = projects <= fewProjects || isUnwell || seconds >= longSeconds;
    if (!isWorthIt || told >= fewProjects) return false;
    told++;
    return true;
  };
}

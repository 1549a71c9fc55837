import type { ProjectEnd } from "./log.ts";

/** With more projects than these only some are told of by themselves. */
const fewProjects = 200;
/** A project that took so many seconds is one of them. */
const longSeconds = 60;

/**
 * Which projects a log tells of one by one, so that thousands do not flood it: all of up to 200, else those that had a problem or took a
 * minute, the first 200 of each. The others are counted in the lines that say how far the run is, and all are in the report.
 */
export function chooseProjects(): (end: ProjectEnd) => boolean {
  const told = { unwell: 0, long: 0 };
  return ({ projects, isUnwell, seconds }) => {
    if (projects <= fewProjects) return true;
    if (!isUnwell && seconds < longSeconds) return false;
    // Apart, so that those that only took long leave room for the others.
    const kind = isUnwell ? "unwell" : "long";
    return told[kind]++ < fewProjects;
  };
}

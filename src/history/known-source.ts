import type { SourceIdentity } from "../preflight/source-identity.ts";
import type { Report } from "../report/report.ts";

/** What is remembered of a source, to notice when something else is in its place. */
export interface KnownSource {
  /** Undefined until a run has noted it. */
  readonly identity: SourceIdentity | undefined;
  /** Names of projects that had something in them. */
  readonly filledProjects: ReadonlySet<string>;
}

/** Nothing is known before the first run. */
export const unknownSource: KnownSource = { identity: undefined, filledProjects: new Set() };

/** Projects whose names are kept, so that the file stays small. */
const projectsKept = 20_000;

/**
 * What is known of a source after a run. A source that has changed, and a project that has become empty, stay remembered as they
 * were until a person has accepted it: the second night is no safer than the first.
 *
 * @param accepted the input source-changed-ok
 */
export function knownAfter(report: Report, before: KnownSource, accepted: boolean): KnownSource {
  const filled = report.projects
    .filter(({ name, entries }) => name !== "" && (entries ?? 0) > 0)
    .map(({ name }) => name);
  const remaining = [...report.projects.map(({ name }) => name), ...report.vanishedProjects];
  const emptied = accepted ? [] : remaining.filter((name) => before.filledProjects.has(name));
  return {
    identity: accepted ? (report.sourceIdentity ?? before.identity) : (before.identity ?? report.sourceIdentity),
    filledProjects: new Set([...filled, ...emptied].slice(0, projectsKept)),
  };
}

/** What a file of the history says of it; unknown is what it does not say in the form that we write. */
export function knownSourceIn(read: unknown): KnownSource {
  const file = (typeof read === "object" && read !== null ? read : {}) as Partial<
    Record<"identity" | "filledProjects", unknown>
  >;
  const identity = file.identity as Partial<Record<keyof SourceIdentity, unknown>> | null | undefined;
  return {
    identity:
      typeof identity?.fileSystem === "string" && typeof identity.inode === "string"
        ? { fileSystem: identity.fileSystem, inode: identity.inode }
        : undefined,
    filledProjects: new Set(
      Array.isArray(file.filledProjects) ? file.filledProjects.filter((name) => typeof name === "string") : [],
    ),
  };
}

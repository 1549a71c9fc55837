/** What a person did wrong or must do: shown as it stands, one message per problem, never with a stack trace. */
export class RefusedError extends Error {
  /** One sentence each: what was wrong, with which value, what to do. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "RefusedError";
    this.problems = problems;
  }
}

/** The message of anything that was thrown. Not `instanceof Error`: errors of other realms (a test's) are errors too. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) return String(thrown.message);
  return String(thrown);
}

/** The `code` of a system error (`ENOENT`), or undefined. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string")
    return thrown.code;
  return undefined;
}

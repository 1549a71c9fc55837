/** Reads a file as text; throws when it cannot. */
export type ReadFile = (path: string) => string;

/** What `read` returns, or undefined where it throws: for files that an older kernel, a container or a right hides. */
export function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

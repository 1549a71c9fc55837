/**
 * Reads GITHUB_OUTPUT, GITHUB_STATE or GITHUB_ENV as the runner does (FileCommandManager.cs, EnvFileKeyValuePairs):
 * `name=value`, or `name<<delimiter`, lines, delimiter. Throws what the runner throws; there it fails the step.
 */
export function parseCommandFile(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split("\n");
  // The text after the last line feed is a line only if it is not empty.
  if (lines.at(-1) === "") lines.pop();
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
    const name = line.slice(0, heredoc);
    const delimiter = line.slice(heredoc + 2);
    if (name === "" || delimiter === "")
      throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`);
    const end = lines.indexOf(delimiter, index + 1);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
    pairs[name] = lines.slice(index + 1, end).join("\n");
    index = end;
  }
  return pairs;
}

/** One workflow command: what the runner takes out of a line that a step prints. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

// Every command that the runner registers: ActionCommandManager.cs, one `Command =>` per extension, plus stop-commands.
const registered = [
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
] as const;

/** The names that make a line a command, lower-cased; a stop token is added while commands are stopped. */
export function registeredCommands(): Set<string> {
  return new Set(registered);
}

// .NET's string.TrimStart trims Char.IsWhiteSpace: unlike JavaScript's it takes U+0085 and leaves U+FEFF.
const leadingWhiteSpace = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/**
 * Reads a line as the runner does: `::name key=value,key=value::data` after white space (ActionCommand.cs, TryParseV2),
 * or `##[name key=value;key=value]data` anywhere in the line (TryParse). Undefined: the line is text.
 */
export function parseCommand(line: string, names: ReadonlySet<string>): Command | undefined {
  return parseColons(line.replace(leadingWhiteSpace, ""), names) ?? parseBrackets(line, names);
}

function parseColons(line: string, names: ReadonlySet<string>): Command | undefined {
  if (!line.startsWith("::")) return undefined;
  const end = line.indexOf("::", 2);
  if (end < 0) return undefined;
  return command(line.slice(2, end), ",", names, unescapeProperty, unescapeData(line.slice(end + 2)));
}

function parseBrackets(line: string, names: ReadonlySet<string>): Command | undefined {
  const start = line.indexOf("##[");
  const end = line.indexOf("]", start);
  if (start < 0 || end < 0) return undefined;
  return command(line.slice(start + 3, end), ";", names, unescapeBracket, unescapeBracket(line.slice(end + 1)));
}

function command(
  head: string,
  separator: string,
  names: ReadonlySet<string>,
  unescapeValue: (text: string) => string,
  data: string,
): Command | undefined {
  const space = head.indexOf(" ");
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (!names.has(name)) return undefined;
  const properties: Record<string, string> = {};
  for (const pair of space < 0 ? [] : head.slice(space + 1).split(separator)) {
    const equals = pair.indexOf("=");
    const key = pair.slice(0, equals).trim().toLowerCase();
    if (equals > 0 && equals < pair.length - 1) properties[key] = unescapeValue(pair.slice(equals + 1));
  }
  return { name, properties, data };
}

// The three tables of ActionCommand.cs, replaced in their order, the per cent sign last.
const unescapeData = replacing({ "%0D": "\r", "%0A": "\n", "%25": "%" });
const unescapeProperty = replacing({ "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" });
const unescapeBracket = replacing({ "%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%25": "%" });

function replacing(table: Readonly<Record<string, string>>): (text: string) => string {
  return (text) => Object.entries(table).reduce((result, [from, to]) => result.replaceAll(from, to), text);
}

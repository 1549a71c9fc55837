import { type Command, parseCommand, registeredCommands } from "./command.ts";

/** An error, a warning or a notice that a step leaves on the run's page. */
export interface Annotation {
  readonly kind: "error" | "warning" | "notice";
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

// ExecutionContext.cs: _maxCountPerIssueType and _maxIssueMessageLength.
const annotationsPerKind = 10;
const annotationLength = 4096;

/** What a step's output becomes: each line is a command, which acts, or text, which is masked and shown. */
export class StepLog {
  /** The lines that a person sees, masked. */
  readonly lines: string[] = [];
  /** The annotations that are kept: the first ten of a kind. */
  readonly annotations: Annotation[] = [];
  /** The annotations beyond ten of a kind: in the log, but not on the run's page. */
  readonly droppedAnnotations: Annotation[] = [];
  /** Every command that was carried out, for tests that want to know that nothing else was. */
  readonly commands: Command[] = [];
  /** Outputs set the old way, by a command. */
  readonly outputs: Record<string, string> = {};
  /** True once the runner itself would fail the step, whatever its exit code. */
  failed = false;
  readonly #masks = new Set<string>();
  readonly #names = registeredCommands();
  readonly #debug: boolean;
  readonly #listener: (line: string) => void;
  #stopToken: string | undefined;
  #echo = false;

  constructor(debug: boolean, secrets: readonly string[], listener: (line: string) => void) {
    this.#debug = debug;
    this.#listener = listener;
    for (const secret of secrets) this.#mask(secret);
  }

  /** Takes one line of standard output or standard error (OutputManager.cs, OnDataReceived). */
  receive(line: string): void {
    const command = parseCommand(line, this.#names);
    if (command === undefined || !this.#carryOut(command, line)) this.#write(line);
  }

  /** Replaces every secret by three stars, longer secrets first. */
  masked(text: string): string {
    return [...this.#masks]
      .sort((a, b) => b.length - a.length)
      .reduce((rest, mask) => rest.replaceAll(mask, "***"), text);
  }

  /** Adds an annotation, from a command or of the runner's own making (ExecutionContext.cs, AddIssue). */
  annotate(kind: Annotation["kind"], message: string, properties: Readonly<Record<string, string>> = {}): void {
    const annotation = { kind, message: this.masked(message).slice(0, annotationLength), properties };
    const kept = this.annotations.filter((other) => other.kind === kind).length < annotationsPerKind;
    (kept ? this.annotations : this.droppedAnnotations).push(annotation);
    this.#write(`##[${kind}]${annotation.message}`);
  }

  /** Fails the step in the runner's name. */
  fail(message: string): void {
    this.failed = true;
    this.annotate("error", message);
  }

  /** False: the line is text after all (ActionCommandManager.cs, TryProcessCommand). */
  #carryOut(command: Command, line: string): boolean {
    if (this.#stopToken !== undefined) {
      if (command.name !== this.#stopToken) return false;
      this.#names.delete(this.#stopToken);
      this.#stopToken = undefined;
      this.#write(line);
      return true;
    }
    this.commands.push(command);
    try {
      this.#execute(command, line);
    } catch (thrown) {
      this.annotate("error", `Unable to process command '${line}' successfully.`);
      this.fail(thrown instanceof Error ? thrown.message : String(thrown));
    }
    return true;
  }

  #execute({ name, properties, data }: Command, line: string): void {
    // Commands with OmitEcho are never repeated; a stop is shown by its own branch.
    const silent = ["add-mask", "debug", "error", "warning", "notice", "stop-commands"];
    if (this.#echo && !silent.includes(name)) this.#write(line);
    switch (name) {
      case "error":
      case "warning":
      case "notice":
        this.annotate(name, data, properties);
        return;
      case "debug":
        if (this.#debug)
          this.#write(
            data
              .split("\n")
              .map((part) => `##[debug]${part}`)
              .join("\n"),
          );
        return;
      case "group":
      case "endgroup":
        this.#write(`##[${name}]${name === "group" ? data : ""}`);
        return;
      case "echo":
        if (!/^(on|off)$/i.test(data.trim())) throw new Error(`Invalid echo command value '${data}'`);
        this.#echo = data.trim().toLowerCase() === "on";
        return;
      case "add-mask":
        if (data.trim() === "") this.annotate("warning", "Can't add secret mask for empty string");
        else this.#mask(data);
        for (const part of data.split(/[\r\n]+/)) this.#mask(part.trim());
        return;
      case "stop-commands": {
        const token = data.toLowerCase();
        if (token === "" || token === "pause-logging" || this.#names.has(token))
          throw new Error(`'${data}' cannot be used as a token to stop commands`);
        this.#stopToken = token;
        this.#names.add(token);
        this.#write(line);
        if (data.length > 6) this.#mask(data);
        return;
      }
      case "set-output":
        this.outputs[properties["name"] ?? ""] = data;
        this.annotate("warning", "The `set-output` command is deprecated");
        return;
      case "set-env":
      case "add-path":
        throw new Error(`The \`${name}\` command is disabled`);
      default:
        // save-state and the matchers leave nothing that an action without a post step could show.
        return;
    }
  }

  #mask(secret: string): void {
    if (secret !== "") this.#masks.add(secret);
  }

  #write(text: string): void {
    for (const line of this.masked(text).split("\n")) {
      this.lines.push(line);
      this.#listener(line);
    }
  }
}

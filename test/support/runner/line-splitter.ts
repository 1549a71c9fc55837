import { StringDecoder } from "node:string_decoder";

/**
 * Cuts a stream into lines as .NET's StreamReader.ReadLine does, which the runner reads with (ProcessInvoker.cs,
 * StartReadStream): a line feed, a carriage return or both end a line. So a carriage return in a file name starts one.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #receive: (line: string) => void;
  #rest = "";

  constructor(receive: (line: string) => void) {
    this.#receive = receive;
  }

  push(chunk: Buffer): void {
    this.#rest += this.#decoder.write(chunk);
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.#rest);
      if (end === null) return;
      this.#receive(this.#rest.slice(0, end.index));
      this.#rest = this.#rest.slice(end.index + end[0].length);
    }
  }

  /** Hands on what stands after the last line end. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    if (rest !== "") this.#receive(rest.replace(/\r$/, ""));
  }
}

import { expect, test } from "@jest/globals";
import { lines, nulSeparated } from "../../../src/rsync/names.ts";
import { raw } from "../../support/tree.ts";

test("each name ends with a NUL, and its bytes are as they were", () => {
  const names = ["./a", "./caf\xe9", "./new\nline"].map(raw);
  expect(nulSeparated(names).toString("latin1")).toBe("./a\0./caf\xe9\0./new\nline\0");
});

test("no names are no bytes", () => {
  expect(nulSeparated([])).toHaveLength(0);
  expect(lines([])).toHaveLength(0);
});

test("each rule is a line of its own, and its bytes are as they were", () => {
  expect(lines(["- /a", "P /caf\xe9/*/"].map(raw)).toString("latin1")).toBe("- /a\nP /caf\xe9/*/\n");
});

test("no rule is ever more than one line, whatever is in a name", () => {
  const written = lines(["- /a\nb", "- /c\rd", "- /e\\\nf*"].map(raw)).toString("latin1");
  expect(written.split(/[\r\n]/)).toHaveLength(4);
});

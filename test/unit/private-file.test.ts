import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import { makePrivateDirectory, readPrivateFile, writePrivateFile } from "../../src/private-file.ts";
import { notRoot, testUnless } from "../support/privileges.ts";
import { emptyDirectories } from "../support/tree.ts";

const emptyDirectory = emptyDirectories();
const umask = process.umask();
afterEach(() => {
  process.umask(umask);
});

/** Another user, who is not root. */
const other = 12_345;
const modeOf = (path: string): number => lstatSync(path).mode & 0o7777;

describe("a file that is written", () => {
  test.each([0o000, 0o022, 0o077])("is its owner's alone under umask %o", (mask) => {
    process.umask(mask);
    const directory = emptyDirectory();
    writePrivateFile(`${directory}/file`, "text");
    expect(modeOf(`${directory}/file`)).toBe(0o600);
    expect(readFileSync(`${directory}/file`, "utf8")).toBe("text");
    expect(readdirSync(directory)).toEqual(["file"]);
  });

  test("takes the place of a symbolic link, and leaves alone what that points to", () => {
    const directory = emptyDirectory();
    writeFileSync(`${directory}/victim`, "precious");
    symlinkSync("victim", `${directory}/file`);
    writePrivateFile(`${directory}/file`, "text");
    expect(readFileSync(`${directory}/victim`, "utf8")).toBe("precious");
    expect(lstatSync(`${directory}/file`).isFile()).toBe(true);
    expect(readFileSync(`${directory}/file`, "utf8")).toBe("text");
  });

  test("makes nothing where a link to nothing points", () => {
    const directory = emptyDirectory();
    symlinkSync("absent", `${directory}/file`);
    writePrivateFile(`${directory}/file`, "text");
    expect(readdirSync(directory)).toEqual(["file"]);
  });

  test("takes the place of a pipe, which nobody reads", () => {
    const directory = emptyDirectory();
    execFileSync("mkfifo", [`${directory}/file`]);
    writePrivateFile(`${directory}/file`, "text");
    expect(readFileSync(`${directory}/file`, "utf8")).toBe("text");
  });

  test("takes the place of one with other rights, and has its own", () => {
    const directory = emptyDirectory();
    writeFileSync(`${directory}/file`, "old");
    chmodSync(`${directory}/file`, 0o666);
    writePrivateFile(`${directory}/file`, "text");
    expect(modeOf(`${directory}/file`)).toBe(0o600);
  });

  test("does not go through a name that could be known before: it is another one each time", () => {
    const directory = emptyDirectory();
    mkdirSync(`${directory}/file`);
    writeFileSync(`${directory}/file/x`, "");
    const failures = [1, 2].map(() => {
      try {
        writePrivateFile(`${directory}/file`, "text");
        return "";
      } catch (error) {
        return /file\.\S+\.tmp/.exec(String(error))?.[0] ?? "";
      }
    });
    for (const name of failures) expect(name).toMatch(/^file\.[0-9a-f-]{36}\.tmp$/);
    expect(failures[0]).not.toBe(failures[1]);
    expect(readdirSync(directory)).toEqual(["file"]);
  });
});

describe("a directory that is made", () => {
  test("is for its owner alone, with its parents, under every umask", () => {
    process.umask(0);
    const directory = emptyDirectory();
    makePrivateDirectory(`${directory}/a/b`);
    expect([modeOf(`${directory}/a`), modeOf(`${directory}/a/b`)]).toEqual([0o700, 0o700]);
  });

  test("stays as it was where it is there already, or is a link of our own", () => {
    const directory = emptyDirectory();
    mkdirSync(`${directory}/there`);
    chmodSync(`${directory}/there`, 0o777);
    symlinkSync("there", `${directory}/link`);
    makePrivateDirectory(`${directory}/link`);
    expect(modeOf(`${directory}/there`)).toBe(0o777);
  });

  testUnless(notRoot)("is none where another user has put a link", async () => {
    const directory = emptyDirectory();
    mkdirSync(`${directory}/victim`);
    symlinkSync("victim", `${directory}/link`);
    lchownSync(`${directory}/link`, other, other);
    expect(() => makePrivateDirectory(`${directory}/link`)).toThrow(/symbolic link that belongs to user 12345/);
  });

  testUnless(notRoot)("is none where another user has put one that everybody may write", async () => {
    const directory = emptyDirectory();
    mkdirSync(`${directory}/trap`);
    chownSync(`${directory}/trap`, other, other);
    chmodSync(`${directory}/trap`, 0o777);
    expect(() => makePrivateDirectory(`${directory}/trap`)).toThrow(/belongs to user 12345, .* everybody may write/);
    chmodSync(`${directory}/trap`, 0o775);
    expect(() => makePrivateDirectory(`${directory}/trap`)).not.toThrow();
  });
});

describe("a file that is read", () => {
  test("is what was written", () => {
    const path = `${emptyDirectory()}/file`;
    writePrivateFile(path, "text ü");
    expect(readPrivateFile(path)).toBe("text ü");
  });

  test("is none through a symbolic link", () => {
    const directory = emptyDirectory();
    writeFileSync(`${directory}/victim`, "secret");
    symlinkSync("victim", `${directory}/file`);
    expect(() => readPrivateFile(`${directory}/file`)).toThrow("it is a symbolic link");
  });

  test("is none where a pipe is, which is not waited for", () => {
    const path = `${emptyDirectory()}/file`;
    execFileSync("mkfifo", [path]);
    expect(() => readPrivateFile(path)).toThrow("it is no regular file");
  });

  test("is none where a directory is", () => {
    const directory = emptyDirectory();
    expect(() => readPrivateFile(directory)).toThrow("it is no regular file");
  });

  testUnless(notRoot)("is none that another user has put there", async () => {
    const path = `${emptyDirectory()}/file`;
    writeFileSync(path, "{}");
    chownSync(path, other, other);
    expect(statSync(path).uid).toBe(other);
    expect(() => readPrivateFile(path)).toThrow("it belongs to user 12345, not to this one");
  });

  test("that is not there is the system's error, with its code", () => {
    const absent = `${emptyDirectory()}/absent`;
    expect(() => readPrivateFile(absent)).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});

import { mkdirSync, readlinkSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { asOneRsync, besideOneRsync, freshSides } from "../support/side-by-side.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();

describe("source and destination may be called anything", () => {
  test.each(["two words", "[s]*?{a}", "back\\slash\\[x", "new\nline", "a:b\"'$x`id`", "-rf", "#x", "ümläut"])(
    "%j",
    async (name) => {
      const at = sides();
      const source = `${at.path}/${name}`;
      const destination = `${at.path}/to ${name}`;
      mkdirSync(source);
      mkdirSync(destination);
      plant(at.path, []);
      symlinkSync("/etc", `${source}/link`);
      mkdirSync(`${source}/a/b`, { recursive: true });
      mkdirSync(`${destination}/a/old`, { recursive: true });
      const outcome = await besideOneRsync({ ...at, source, ours: destination }, { delete: "true" });
      expect(outcome).toMatchObject(asOneRsync);
      expect(outcome.report.totals.filesDeleted).toBe(1);
    },
  );

  test("both may be symbolic links to directories; they stay links", async () => {
    const at = sides();
    plant(at.source, ["a/b/f", "l"]);
    plant(at.ours, ["a/old"]);
    symlinkSync(at.source, `${at.path}/from`);
    symlinkSync(at.ours, `${at.path}/to`);
    const outcome = await besideOneRsync(
      { ...at, source: `${at.path}/from` },
      { destination: `${at.path}/to`, delete: "true" },
    );
    expect(outcome).toMatchObject(asOneRsync);
    expect(readlinkSync(`${at.path}/to`)).toBe(at.ours);
  });
});

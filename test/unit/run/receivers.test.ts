import { mkdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseMounts } from "../../../src/measure/storage.ts";
import { receivers } from "../../../src/run/receivers.ts";
import { emptyDirectories, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

/** A destination on a file system of its own with mounts below it; each is device and path, and is there unless it begins with `!`. */
async function receiversOf(
  below: readonly (readonly [device: string, path: string])[],
  selection: { readonly projects?: readonly string[]; readonly loose?: Readonly<Record<string, readonly string[]>> },
): Promise<string[]> {
  const destination = emptyDirectory();
  const mount = (device: string, point: string): string => `30 1 ${device} / ${point} rw - ext4 /dev/x rw`;
  const mounts = below.map(([device, path]) => {
    const point = `${destination}/${path.replace("!", "")}`;
    if (!path.startsWith("!")) mkdirSync(point, { recursive: true });
    return mount(device, point);
  });
  const { projects = [], loose = {} } = selection;
  const folder = { open: true, leftAlone: [], extraneous: [] };
  const found = await receivers(
    destination,
    {
      projects: projects.map(raw),
      folders: Object.entries(loose).map(([path, names]) => ({ ...folder, path: raw(path), loose: names.map(raw) })),
    },
    parseMounts(
      [mount("8:0", "/"), mount("8:1", destination), mount("8:9", `${destination}-beside`), ...mounts].join("\n"),
    ),
  );
  return found.map((path) => path.replace(destination, "DESTINATION"));
}

test("where nothing is mounted below the destination, that is all", async () => {
  expect(await receiversOf([], { projects: ["alpha"] })).toEqual(["DESTINATION"]);
});

describe("a file system that is mounted below it counts", () => {
  test.each([
    ["where a project is", "alpha"],
    ["inside a project", "alpha/deep/er"],
    ["above projects", "team"],
  ])("%s", async (_where, path) => {
    expect(await receiversOf([["8:2", path]], { projects: ["alpha", "team/one"] })).toEqual([
      "DESTINATION",
      `DESTINATION/${path}`,
    ]);
  });

  test("where loose files were copied to", async () => {
    expect(await receiversOf([["8:2", "team"]], { loose: { team: ["file"] } })).toHaveLength(2);
  });

  test("once, however often it is mounted", async () => {
    const twice = [
      ["8:2", "alpha"],
      ["8:2", "beta"],
      ["8:1", "gamma"],
    ] as const;
    expect(await receiversOf(twice, { projects: ["alpha", "beta", "gamma"] })).toHaveLength(2);
  });
});

describe("it does not count", () => {
  test.each([
    ["where the run copied nothing", "other", {}],
    ["where a name only begins like a project's", "alpha2", {}],
    ["where there are folders without loose files", "other", { loose: { "": [] } }],
    ["above nothing but loose files elsewhere", "other", { loose: { "": ["file"] } }],
    ["where another mount hides it", "!alpha/hidden", {}],
  ])("%s", async (_where, path, more) => {
    expect(await receiversOf([["8:2", path]], { projects: ["alpha"], ...more })).toEqual(["DESTINATION"]);
  });
});

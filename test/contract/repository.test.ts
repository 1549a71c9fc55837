import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { repository } from "../support/runner.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const sources = readdirSync(join(repository, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `src/${name}`)
  .sort();

const documents = ["", "docs", "bench"].flatMap((directory) =>
  readdirSync(join(repository, directory))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(directory, name)),
);

function withoutCode(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");
}

/** The names under which GitHub links to headings: in lower case, blanks as hyphens, everything but letters and digits left out. */
function anchorsOf(markdown: string): string[] {
  const headings = markdown.replace(/^```.*?^```$/gms, "").match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The files of src that import a module for its values; types leave no trace in what runs. */
function importersOf(module: RegExp): string[] {
  return sources.filter((file) =>
    [...read(file).matchAll(/^import (?!type\b)[^;]*?from "([^"]+)";|\bimport\("([^"]+)"\)/gm)].some(
      ([, fixed, lazy]) => module.test(fixed ?? lazy ?? ""),
    ),
  );
}

describe("packages", () => {
  const manifest = JSON.parse(read("package.json")) as Manifest;
  const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, Manifest> };

  test("are pinned exactly, overrides too", () => {
    const versions = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides };
    for (const [name, version] of Object.entries(versions)) expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+$/);
  });

  test("the lock belongs to package.json", () => {
    const { dependencies, devDependencies } = lock.packages[""] ?? {};
    expect({ dependencies, devDependencies }).toEqual({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    });
  });

  test("the command is the committed bundle", () => {
    expect(manifest.bin).toEqual({ dailysync: "dist/cli.cjs" });
    expect(manifest.engines).toEqual({ node: ">=20" });
  });
});

describe("sources", () => {
  test("start processes in one place only", () => {
    expect(importersOf(/^(node:)?child_process$/)).toEqual(["src/program.ts"]);
    expect(importersOf(/^@actions\/exec$/)).toEqual(["src/program.ts"]);
  });

  test("make no network call of their own", () => {
    expect(importersOf(/^(node:)?(https?|http2|tls|dgram|dns)(\/|$)|^undici$|^@actions\/http-client/)).toEqual([]);
    // What compares addresses only looks at their text.
    const fromNet = sources.flatMap((file) => [...read(file).matchAll(/^import \{(.*)\} from "node:net";$/gm)]);
    expect(importersOf(/^(node:)?net$/)).toEqual(["src/measure/remote.ts"]);
    expect(fromNet.map(([, names = ""]) => names.trim())).toEqual(["BlockList, isIP"]);
    expect(sources.filter((file) => /\bfetch\(/.test(read(file)))).toEqual([]);
  });

  test("load systeminformation only when it is asked for, since it doubles the start-up", () => {
    const eager = sources.filter((file) => /^import (?!type\b)[^;]*from "systeminformation/m.test(read(file)));
    expect(eager).toEqual([]);
  });

  test("run on import only in the two entries", () => {
    for (const file of sources.filter((name) => !/^src\/(index|cli)\.ts$/.test(name)))
      expect([file, /^(await|void|process\.on|process\.exit)\b/m.test(read(file))]).toEqual([file, false]);
  });
});

describe("documents", () => {
  test("README's first screen has the two commands that work right after a clone", () => {
    const firstScreen = read("README.md").split("\n").slice(0, 30).join("\n");
    expect(firstScreen).toContain("npm run demo");
    expect(firstScreen).toContain("npm test");
  });

  test.each(documents)("links of %s to other documents and their headings lead somewhere", (document) => {
    const links = [...withoutCode(read(document)).matchAll(/\]\((?!https?:|\.\.\/\.\.\/issues)([^)#\s]*)(#[^)]+)?\)/g)];
    for (const [link, target = "", anchor] of links) {
      const file = target === "" ? document : join(dirname(document), target);
      expect([link, existsSync(join(repository, file))]).toEqual([link, true]);
      if (anchor !== undefined && file.endsWith(".md"))
        expect([link, anchorsOf(read(file))]).toEqual([link, expect.arrayContaining([anchor.slice(1)])]);
    }
  });

  test("scripts that people start can be started", () => {
    for (const file of [".ci/run", "dist/cli.cjs"])
      expect([file, statSync(join(repository, file)).mode & 0o111]).toEqual([file, 0o111]);
  });
});

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly overrides?: Record<string, string>;
  readonly bin?: Record<string, string>;
  readonly engines?: Record<string, string>;
}

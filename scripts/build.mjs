// Bundles src/index.ts and src/cli.ts into dist/index.cjs and dist/cli.cjs, one CommonJS file each, and writes the licences of
// what was bundled to dist/licenses.txt. Usage: node scripts/build.mjs [--outdir DIRECTORY]
//
// Two whole bundles rather than a shared chunk: esbuild splits ES modules only, and a file that stands alone starts faster.
// dist is committed, so the same sources must give the same bytes everywhere: nothing below depends on the time, the folder,
// the version of Node or the order of a directory.
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { assetsModule, browserPart } from "./browser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { outdir: { type: "string", default: join(root, "dist") } } });
const outdir = resolve(values.outdir);

// The Node that a person's command may run on; the action's own is 24.
const target = "node20";

/** @actions/core re-exports getIDToken(), which pulls in undici: 0.8 MB and 40 ms of start-up for a call that we never make. */
const withoutOidc = {
  name: "without-oidc",
  setup(build) {
    build.onLoad({ filter: /[\\/]@actions[\\/]core[\\/]lib[\\/]oidc-utils\.js$/ }, () => ({
      contents: `export class OidcClient {
        static async getIDToken() {
          throw new Error("OIDC is left out of this bundle");
        }
      }`,
      loader: "js",
    }));
  },
};

/** @actions/glob prints its options and search path as debug commands on standard output, which a command's user would see. */
const quietGlob = {
  name: "quiet-glob",
  setup(build) {
    build.onResolve({ filter: /^@actions\/core$/ }, ({ importer }) =>
      /[\\/]@actions[\\/]glob[\\/]/.test(importer) ? { path: "debug", namespace: "quiet-glob" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "quiet-glob" }, () => ({
      contents: "export function debug() {}",
      loader: "js",
    }));
  },
};

const browser = browserPart();

/** Puts the browser part of report.html in the place of the module that stands for it. */
const withBrowserPart = {
  name: "with-browser-part",
  setup(build) {
    build.onLoad({ filter: /[\\/]html[\\/]assets\.ts$/ }, ({ path }) =>
      path === assetsModule ? { contents: browser.contents, loader: "js" } : undefined,
    );
  },
};

/** Bundles one entry file; returns the paths of everything that went in, relative to the repository. */
async function bundle(entry, file, banner) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(outdir, file),
    bundle: true,
    platform: "node",
    format: "cjs",
    target,
    charset: "utf8",
    legalComments: "none",
    banner: { js: banner },
    metafile: true,
    logLevel: "warning",
    plugins: [withoutOidc, quietGlob, withBrowserPart],
    // Given here so that tsconfig.json, which is about checking types, is no input of the bundle.
    tsconfigRaw: { compilerOptions: { strict: true, verbatimModuleSyntax: true } },
  });
  const inputs = Object.keys(metafile.inputs);
  if (inputs.some((input) => input.includes("node_modules/undici/")))
    throw new Error(
      `undici is in ${file}: @actions/core imports it from a new place; extend the plugin in this script`,
    );
  return inputs;
}

/** The directories of the packages that files of a bundle come from, sorted. */
function packagesOf(inputs) {
  const directories = inputs.map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  return [...new Set(directories)].filter((directory) => directory !== undefined).sort();
}

/** One package's name, version and licence text. */
async function licenceOf(directory) {
  const { name, version, license } = JSON.parse(await readFile(join(root, directory, "package.json"), "utf8"));
  const files = (await readdir(join(root, directory))).sort();
  const file = files.find((candidate) => /^(licen[cs]e|copying)(\.|$)/i.test(candidate));
  if (file === undefined) throw new Error(`${name} has no licence file: bundle only what may be passed on`);
  return `${name}@${version} (${license})\n\n${(await readFile(join(root, directory, file), "utf8")).trim()}\n`;
}

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
const inputs = [
  ...browser.inputs,
  ...(await bundle("src/index.ts", "index.cjs", "")),
  ...(await bundle("src/cli.ts", "cli.cjs", "#!/usr/bin/env node")),
];
await chmod(join(outdir, "cli.cjs"), 0o755);
const licences = await Promise.all(packagesOf(inputs).map(licenceOf));
await writeFile(join(outdir, "licenses.txt"), licences.join(`\n${"-".repeat(79)}\n\n`));

for (const file of (await readdir(outdir)).sort()) {
  const content = await readFile(join(outdir, file));
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 16);
  console.log(`${file.padEnd(12)} ${String(Math.round(content.length / 1024)).padStart(5)} KiB  sha256 ${digest}…`);
}

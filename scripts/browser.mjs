// Bundles the browser part of report.html, src/report/html/browser/, with uPlot, into two texts: a script and a style sheet. The
// build and the tests put them in the place of src/report/html/assets.ts.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = "src/report/html/browser";

/** The module that the texts replace. */
export const assetsModule = join(root, "src/report/html/assets.ts");

/** The module with the texts, and the paths of everything that went in, relative to the repository. */
export function browserPart() {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [`${folder}/main.ts`, `${folder}/style.css`],
    outdir: folder,
    bundle: true,
    write: false,
    // Its source is in src, and uPlot's in its package: the page should be small.
    minify: true,
    platform: "browser",
    format: "iife",
    target: ["chrome100", "firefox100", "safari15"],
    charset: "ascii",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    tsconfigRaw: { compilerOptions: { strict: true, verbatimModuleSyntax: true } },
  });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  const [script, style] = [text(".js"), text(".css")];
  if (/<\/(script|style)|<!--/i.test(script + style)) throw new Error("the browser part would end its own element");
  const contents = `export const script = ${JSON.stringify(script)};\nexport const style = ${JSON.stringify(style)};\n`;
  return { contents, inputs: Object.keys(metafile.inputs) };
}

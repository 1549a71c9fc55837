// Jest transform: TypeScript to ESM JavaScript with esbuild, with a source map; and the browser part of report.html.
import { createHash } from "node:crypto";
import { transformSync, version } from "esbuild";
import { assetsModule, browserPart } from "./browser.mjs";

export default {
  getCacheKey: (source, path) =>
    createHash("sha1")
      .update(`${version}\0${process.version}\0${path}\0`)
      .update(path === assetsModule ? browserPart().contents : source)
      .digest("hex"),
  process(source, path) {
    if (path === assetsModule) return { code: browserPart().contents };
    const { code, map } = transformSync(source, {
      loader: "ts",
      format: "esm",
      target: `node${process.versions.node}`,
      sourcefile: path,
      sourcemap: "external",
    });
    return { code, map };
  },
};

// Jest transform: TypeScript to ESM JavaScript with esbuild, with a source map.
import { createHash } from "node:crypto";
import { transformSync, version } from "esbuild";

export default {
  getCacheKey: (source, path) =>
    createHash("sha1").update(`${version}\0${process.version}\0${path}\0`).update(source).digest("hex"),
  process(source, path) {
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

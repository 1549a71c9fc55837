// The data of the workloads by name. What several workloads share is made once as long as they come one after the other.
import { appendFileSync, statSync, unlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { unpackKernelTree } from "./kernel-tree.mjs";
import { output } from "./processes.mjs";
import { asProjects, asSkewedProjects, chooseRealFiles, copyRealFiles } from "./real-files.mjs";
import { makeSmallFiles } from "./small-files.mjs";
import { emptyDirectory } from "./workspace.mjs";

/**
 * Each makes its data below a directory, with all numbers multiplied by scale, and resolves to
 * - source: the path of the tree to copy;
 * - earlier: the path of what the source was before it changed, where that is asked for;
 * - projects: how many projects it has.
 */
const makers = {
  /** 20,000 real files in twelve projects. */
  "real-20000": (directory, scale) => realFiles(directory, 20_000 * scale, asProjects, 12),

  /** The same, of which one in a hundred has changed since, and one in a hundred is gone. */
  async "real-20000-changed"(directory, scale) {
    const files = asProjects(chooseRealFiles(20_000 * scale));
    const earlier = join(directory, "earlier");
    const source = join(directory, "source");
    await copyRealFiles(files, earlier, 3);
    await output("cp", ["-a", earlier, source]);
    for (let index = 0; index < files.length; index += 100) {
      const changed = join(source, files[index].to);
      const { atime, mtime } = statSync(changed);
      appendFileSync(changed, "changed since\n");
      utimesSync(changed, atime, new Date(mtime.getTime() + 86_400_000));
      unlinkSync(join(source, files[index + 50].to));
    }
    return { source, earlier, projects: 12 };
  },

  /** 30,000 real files in twelve projects. */
  "real-30000": (directory, scale) => realFiles(directory, 30_000 * scale, asProjects, 12),

  /** 5,333 real files: 4,000 of them in one project, the others in forty. */
  skewed: (directory, scale) => realFiles(directory, Math.round(5333 * scale), asSkewedProjects, 41),

  /** A kernel's source, its top directories as projects. */
  async kernel(directory, scale) {
    const source = await unpackKernelTree(directory, scale === 1 ? [] : ["fs", "kernel", "net"]);
    return { source, projects: scale === 1 ? 22 : 3 };
  },

  /** 5,000 projects of three small files. */
  "many-projects": (directory, scale) =>
    smallFiles(directory, 5000 * scale, {
      directories: 5000 * scale,
      nameOf: (index) => `project-${index}`,
      filesEach: 3,
    }),

  /** One project, one directory of 200,000 small files. */
  "one-directory-200000": (directory, scale) => oneDirectory(directory, 200_000 * scale),

  /** One project, one directory of 20,000 small files. */
  "one-directory-20000": (directory, scale) => oneDirectory(directory, 20_000 * scale),

  /** 1,000,000 empty files in 50,000 directories, in ten projects. */
  million: (directory, scale) =>
    smallFiles(directory, 10, {
      directories: 50_000 * scale,
      nameOf: (index) => `project-${index % 10}/${Math.floor(index / 10) % 50}/directory-${index}`,
      filesEach: 20,
      empty: true,
    }),
};

let current;

/** Resolves to a data set by its name, as described above; the one before is removed. */
export async function dataSet(name, scale) {
  if (current?.name !== name) {
    current = undefined;
    const directory = await emptyDirectory("data");
    console.log(`Preparing the data ${name}`);
    current = { name, ...(await makers[name](directory, scale)) };
  }
  return current;
}

async function realFiles(directory, count, arrange, projects) {
  await copyRealFiles(arrange(chooseRealFiles(count)), directory, 2);
  return { source: directory, projects };
}

async function smallFiles(directory, projects, shape) {
  await makeSmallFiles(directory, shape);
  return { source: directory, projects };
}

function oneDirectory(directory, files) {
  return smallFiles(directory, 1, { directories: 1, nameOf: () => "project/all", filesEach: files });
}

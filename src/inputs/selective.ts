import type { Inputs } from "./inputs.ts";

/** Whether rules or arguments keep files out, so that counting names says too much and rsync itself must be asked. */
export function isSelective({ filter, exclude, rsyncArgs }: Inputs): boolean {
  return filter.length > 0 || exclude.length > 0 || rsyncArgs.some((argument) => /^--(max|min)-size/.test(argument));
}

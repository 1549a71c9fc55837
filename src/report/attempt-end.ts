/** Whether a try of an rsync counts as failed, by its exit code: 24, files that vanished meanwhile, is a warning; none is a signal. */
export function hasFailed(exitCode: number | null | undefined): boolean {
  return exitCode !== 0 && exitCode !== 24;
}

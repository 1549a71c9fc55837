/**
 * Gives Node as many threads for file functions as the survey has requests in flight; its own number is 4. Has an effect only
 * before the first such function is called.
 */
export function widenThreadPool(): void {
  process.env["UV_THREADPOOL_SIZE"] ??= "64";
}

/** The page of the workflow run, or undefined outside a workflow. */
export function runPage(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = variables;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}

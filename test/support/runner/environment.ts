import { join } from "node:path";

/** Where a job has its files, and the mark that every process of it carries. */
export interface Job {
  readonly root: string;
  readonly workspace: string;
  readonly temp: string;
  readonly state: string;
  /** The event's payload. */
  readonly event: string;
  readonly trackingId: string;
}

/** What the machine's own environment gives every step: without what jest, npm or an outer workflow put there. */
export function machineEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(ACTIONS_|GITHUB_|INPUT_|RUNNER_|STATE_|JEST_|NODE_|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** What a job adds: GITHUB_* are those that GitHubContext.cs lets through. action_path is a composite action's alone. */
export function jobEnvironment(debug: boolean, job: Job): Record<string, string> {
  return {
    // ProcessInvoker.cs sets these two for every process.
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION: "__OWNER_dailysync",
    GITHUB_ACTION_REF: "v1",
    GITHUB_ACTION_REPOSITORY: "OWNER/dailysync",
    GITHUB_ACTOR: "octocat",
    GITHUB_ACTOR_ID: "583231",
    GITHUB_API_URL: "https://api.github.com",
    GITHUB_BASE_REF: "",
    GITHUB_EVENT_NAME: "schedule",
    GITHUB_EVENT_PATH: job.event,
    GITHUB_GRAPHQL_URL: "https://api.github.com/graphql",
    GITHUB_HEAD_REF: "",
    GITHUB_JOB: "backup",
    GITHUB_REF: "refs/heads/main",
    GITHUB_REF_NAME: "main",
    GITHUB_REF_PROTECTED: "false",
    GITHUB_REF_TYPE: "branch",
    GITHUB_REPOSITORY: "octocat/backups",
    GITHUB_REPOSITORY_ID: "1296269",
    GITHUB_REPOSITORY_OWNER: "octocat",
    GITHUB_REPOSITORY_OWNER_ID: "583231",
    GITHUB_RETENTION_DAYS: "90",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_RUN_ID: "1234567890",
    GITHUB_RUN_NUMBER: "7",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_SHA: "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d",
    GITHUB_TRIGGERING_ACTOR: "octocat",
    GITHUB_WORKFLOW: "nightly backup",
    GITHUB_WORKFLOW_REF: "octocat/backups/.github/workflows/nightly.yml@refs/heads/main",
    GITHUB_WORKFLOW_SHA: "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d",
    GITHUB_WORKSPACE: job.workspace,
    RUNNER_ARCH: "X64",
    RUNNER_ENVIRONMENT: "self-hosted",
    RUNNER_NAME: "emulator",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: job.temp,
    RUNNER_TOOL_CACHE: join(job.root, "tools"),
    // JobExtension.cs: what still carries this at the job's end is killed.
    RUNNER_TRACKING_ID: job.trackingId,
    RUNNER_WORKSPACE: job.root,
    XDG_STATE_HOME: job.state,
    // JobRunner.cs: only there if debug logging is on.
    ...(debug ? { RUNNER_DEBUG: "1" } : {}),
  };
}

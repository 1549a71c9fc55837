/** Says what may start now. */
export interface Admission<Task> {
  /** False after a cancellation, or a failure with fail-fast: nothing starts any more. */
  readonly open: () => boolean;
  /** How many may run at once; it may change, and is asked whenever a task has ended. */
  readonly lanes: () => number;
  /** Whether what a task waits for has ended. */
  readonly ready: (task: Task) => boolean;
}

/**
 * Runs tasks in order, at most `lanes` at once; a task learns its lane (from 0, the lowest that is free). A task that is not
 * ready lets those behind it pass.
 *
 * @returns the results in the order of the tasks; undefined for a task that was not admitted
 * @throws what a task throws, after those that run have ended
 */
export async function inLanes<Task, Result>(
  tasks: readonly Task[],
  admission: Admission<Task>,
  work: (task: Task, lane: number) => Promise<Result>,
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = tasks.map(() => undefined);
  const waiting = tasks.map((_, index) => index);
  const busy = new Set<number>();
  let failure: { readonly error: unknown } | undefined;
  await new Promise<void>((resolve) => {
    const start = (index: number, task: Task): void => {
      let lane = 0;
      while (busy.has(lane)) lane++;
      busy.add(lane);
      const over = (): void => {
        busy.delete(lane);
        next();
      };
      work(task, lane).then(
        (result) => {
          results[index] = result;
          over();
        },
        (error: unknown) => {
          failure ??= { error };
          over();
        },
      );
    };
    const next = (): void => {
      while (failure === undefined && admission.open() && busy.size < admission.lanes()) {
        const at = waiting.findIndex((index) => {
          const task = tasks[index];
          return task !== undefined && admission.ready(task);
        });
        const index = waiting[at];
        const task = index === undefined ? undefined : tasks[index];
        if (index === undefined || task === undefined) break;
        waiting.splice(at, 1);
        start(index, task);
      }
      if (busy.size === 0) resolve();
    };
    next();
  });
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
  return results;
}

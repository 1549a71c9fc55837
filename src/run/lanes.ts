/** Says when no further task may start: after a cancellation, or a failure with fail-fast. */
export type Admission = () => boolean;

/**
 * Runs tasks in order, at most `lanes` at once; a task learns its lane (from 0), and the next task starts in the lane
 * that became free.
 *
 * @returns the results in the order of the tasks; undefined for a task that was not admitted
 * @throws what a task throws, after those that run have ended
 */
export async function inLanes<Task, Result>(
  tasks: readonly Task[],
  lanes: number,
  work: (task: Task, lane: number) => Promise<Result>,
  admits: Admission,
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = tasks.map(() => undefined);
  let next = 0;
  let broken = false;
  const lane = async (number: number): Promise<void> => {
    while (!broken && next < tasks.length && admits()) {
      const index = next++;
      const task = tasks[index];
      try {
        if (task !== undefined) results[index] = await work(task, number);
      } catch (error) {
        broken = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: Math.min(lanes, tasks.length) }, (_, number) => lane(number)),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return results;
}

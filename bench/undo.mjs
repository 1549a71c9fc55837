// What has been done to the machine and how each thing is undone, the latest first: commands that run, mounts and their like.

const undoings = [];
let over = false;
/** Undoing goes on one after the other, also when the end comes while something is undone. */
let undoing = Promise.resolve();

/**
 * Takes an async function that undoes what the caller is about to do, and that does no harm if it was not done or is undone by
 * itself. Resolves to an async function that undoes it earlier than at the end; once the end has begun it never resolves.
 */
export async function undoLater(undo) {
  if (over) await new Promise(() => {});
  undoings.push(undo);
  return async () => {
    const index = undoings.indexOf(undo);
    if (index >= 0) undoings.splice(index, 1);
    await undo();
  };
}

/** How much there is to undo, for undoSince(). */
export function undoMark() {
  return undoings.length;
}

/** Undoes what was done since a mark, the rest too if something fails, which is told. */
export function undoSince(mark) {
  undoing = undoing.then(async () => {
    while (undoings.length > mark)
      try {
        await undoings.pop()();
      } catch (error) {
        console.error(`This was not undone: ${error.message}`);
        process.exitCode = 1;
      }
  });
  return undoing;
}

/** Undoes everything; nothing can be done any more. */
export async function undoAll() {
  over = true;
  await undoSince(0);
}

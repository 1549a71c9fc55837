// Trees of small made-up files, for numbers that no machine has by itself.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkRoom } from "./room.mjs";
import { hearSignals } from "./workspace.mjs";

/**
 * Makes files of 100 to 999 bytes, or empty ones, below directory: count directories, named by a function of their index, with so
 * many files each. Rejects before the first one unless the tree fits twice.
 */
export async function makeSmallFiles(directory, { directories, nameOf, filesEach, empty = false }) {
  const count = directories * filesEach;
  await checkRoom(directory, empty ? 0 : count * 4096 * 2, (count + directories) * 2);
  const text = "The quick brown fox jumps over the lazy dog, and a backup of it keeps every word.\n".repeat(13);
  let made = 0;
  for (let index = 0; index < directories; index++) {
    const parent = join(directory, nameOf(index));
    mkdirSync(parent, { recursive: true });
    for (let file = 0; file < filesEach; file++) {
      // 7919 is prime: sizes that look unordered, and are the same every time.
      const content = empty ? "" : text.slice(0, 100 + ((made * 7919) % 900));
      writeFileSync(join(parent, `file-${file}`), content);
      if (++made % 500 === 0) await hearSignals();
    }
  }
}

// Whether a diagnosis is right, and whether all of them together are good enough.

const leastShareRight = 0.9;

/**
 * What a case came to. A case that could not be tried has a reason instead.
 * - verdict, confidence, share in percent, sentence: of the first verdict; only "no diagnosis" as the verdict where there is none;
 * - others: the names of the further verdicts;
 * - right: whether the verdict is the cause;
 * - named: where several causes are at work, how many of them are among the verdicts.
 */
export function judge({ right, together }, diagnosis) {
  const verdicts = diagnosis?.verdicts ?? [];
  const [first, ...others] = verdicts;
  if (first === undefined) return { verdict: "no diagnosis", others: [], right: false };
  const { name: verdict, confidence, share, sentence } = first;
  return {
    ...{ verdict, confidence, share: Math.round(share), sentence },
    others: others.map(({ name }) => name),
    right: right.includes(verdict),
    named: together ? right.filter((name) => verdicts.some((one) => one.name === name)).length : undefined,
  };
}

/** Counts outcomes: counted are those of cases that this machine can show, also where something went wrong with one. */
export function count(outcomes) {
  const counted = outcomes.filter(({ skipped }) => skipped === undefined);
  return {
    counted: counted.length,
    right: counted.filter(({ right }) => right).length,
    surelyWrong: counted.filter(({ right, confidence }) => !right && confidence === "high").length,
  };
}

/** Whether the diagnosis can be relied on. */
export function isGoodEnough({ counted, right, surelyWrong }) {
  return right >= leastShareRight * counted && surelyWrong === 0;
}

/** The counts in words. */
export function countInWords({ counted, right, surelyWrong }) {
  return `${right} of ${counted} right, ${surelyWrong} wrong with high confidence`;
}

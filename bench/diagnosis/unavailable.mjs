// What this machine cannot be made to do, so that a cause is skipped.

/** Says in its message what is missing. */
export class Unavailable extends Error {}

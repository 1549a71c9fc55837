// What this machine lacks for a measurement, so that it may be left out.

/** Says in its message what is missing, and how to get it where that is known. */
export class Unavailable extends Error {}

/** Paths kept in each list: enough to see what it is about, few enough for millions to be no problem. */
export const pathsKept = 1000;

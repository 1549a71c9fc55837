/*
 * Thresholds that more than one verdict is held against; those of a single one stand beside it.
 */

/** Busy share of all CPUs, waiting for I/O not counted, from which there is nothing left for one more process (USE method, utilisation). */
export const busyCpus = 90;
/** Share of the rsyncs' time from which waiting for storage is what limits them. */
export const muchWaiting = 50;
/** Share of the rsyncs' time from which both sides together limit them, one after the other. */
export const muchWaitingInTurns = 70;
/** The same beside another limit: a quarter of the time is not the first thing to change, but worth knowing. */
export const someWaiting = 25;
/** Milliseconds to an answer from which a file system is slow to answer, rather than a machine busy. */
export const slowAnswer = 0.3;
/** A final sync of so much of the time of copying and sync says that copying was faster than the storage. */
export const longSync = 20;
/** A device with requests in flight for so much of the time is busy, if they queue as well (USE; iostat(1) on %util of parallel devices). */
export const busyDevice = 90;
export const queuedRequests = 1.5;
/** A share of the rsyncs' time from which waiting for data to be on the storage is what the waiting is about. */
export const muchFsync = 30;

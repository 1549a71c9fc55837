/*
 * What the kernel's NFS client counts for each mount: /proc/self/mountstats. The format is that of the kernel's
 * net/sunrpc/stats.c and fs/nfs/super.c, the meaning of the columns that of nfs-utils' mountstats and nfsiostat.
 */

/**
 * What one kind of request (READ, GETATTR …) did since the mount was made. Times are added up over all requests. A
 * request is counted when it ends: while a server does not answer at all, nothing grows.
 */
export interface NfsOperation {
  /** Requests that ended. */
  readonly operations: number;
  /** How often a request was sent: more than `operations` where some had to be sent again. */
  readonly transmissions: number;
  /** Times that no answer came for longer than the mount waits (timeo, retrans). */
  readonly majorTimeouts: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Waiting in this machine until it could be sent: for a slot of the session or a place in the connection. */
  readonly queueMs: number;
  /** From sending to the answer: network and server. */
  readonly roundTripMs: number;
  /** From the start of the request to its end, waiting included. */
  readonly totalMs: number;
  /** Requests that ended with an error, a file that is not there among them; undefined before kernel 5.3. */
  readonly errors: number | undefined;
}

/**
 * An NFS mount. Mounts of one server may share the counters of operations (telegraf's README of its input nfsclient):
 * two entries with the same numbers are one traffic, which must not be added up.
 */
export interface NfsMount {
  readonly mountPoint: string;
  /** `server:/path` as it was given to mount. */
  readonly export: string;
  /** `nfs` or `nfs4`. */
  readonly fileSystem: string;
  /** `tcp`, `udp`, `rdma`; of several connections (nconnect) the first's. Undefined where the kernel does not say. */
  readonly transport: string | undefined;
  /** Bytes that came from the server; undefined where the kernel does not say. */
  readonly readBytes: number | undefined;
  /** Bytes that went to the server. */
  readonly writtenBytes: number | undefined;
  /** By name, as the kernel writes it: `READ`. */
  readonly operations: ReadonlyMap<string, NfsOperation>;
}

/** The NFS mounts of /proc/self/mountstats. Other mounts, and lines that make no sense, are skipped. */
export function parseNfsMounts(text: string): NfsMount[] {
  // A mount begins with its line "device …"; what belongs to it follows indented.
  return text.split(/^(?=device |no device )/m).flatMap((section) => parseMount(section) ?? []);
}

function parseMount(section: string): NfsMount | undefined {
  const heading = /^device (.+) mounted on (.+) with fstype (nfs4?) statvers=/.exec(section);
  const [, exported, mountPoint, fileSystem] = heading ?? [];
  if (exported === undefined || mountPoint === undefined || fileSystem === undefined) return undefined;
  const bytes = /^\s*bytes:\s+(.*)$/m.exec(section)?.[1]?.trim().split(/\s+/).map(wholeNumber) ?? [];
  const operations = new Map<string, NfsOperation>();
  const [, lines = ""] = section.split(/^\s*per-op statistics.*$/m);
  for (const [, name = "", columns = ""] of lines.matchAll(/^\s*(\w+):\s+(.+)$/gm)) {
    const operation = parseOperation(columns);
    if (operation !== undefined) operations.set(name, operation);
  }
  return {
    mountPoint: unescapeOctal(mountPoint),
    export: unescapeOctal(exported),
    fileSystem,
    transport: /^\s*xprt:\s+(\w+)/m.exec(section)?.[1],
    // Read and written by programs; the same past the page cache (O_DIRECT); and here, what the server was asked for.
    readBytes: bytes[4],
    writtenBytes: bytes[5],
    operations,
  };
}

function parseOperation(columns: string): NfsOperation | undefined {
  const [operations, transmissions, majorTimeouts, sentBytes, receivedBytes, queueMs, roundTripMs, totalMs, errors] =
    columns.trim().split(/\s+/).map(wholeNumber);
  if (operations === undefined || transmissions === undefined || majorTimeouts === undefined) return undefined;
  if (sentBytes === undefined || receivedBytes === undefined) return undefined;
  if (queueMs === undefined || roundTripMs === undefined || totalMs === undefined) return undefined;
  return {
    operations,
    transmissions,
    majorTimeouts,
    sentBytes,
    receivedBytes,
    queueMs,
    roundTripMs,
    totalMs,
    // The ninth column came with "RPC iostats version: 1.1".
    errors,
  };
}

/** What a mount did between two readings. */
export interface NfsActivity {
  readonly operations: number;
  /** Mean milliseconds of a request from sending to the answer; undefined without requests, as the next. */
  readonly meanRoundTripMs: number | undefined;
  /** Mean milliseconds that a request waited in this machine until it was sent: much more than the round trip means too few slots. */
  readonly meanQueueMs: number | undefined;
  /** Requests that were sent once more. */
  readonly retransmissions: number;
  readonly majorTimeouts: number;
  /** Bytes from and to the server; undefined where the kernel does not say. */
  readonly readBytes: number | undefined;
  readonly writtenBytes: number | undefined;
  /** Up to three kinds of requests that took the most time altogether, the longest first; times are means in milliseconds. */
  readonly slowest: readonly {
    readonly operation: string;
    readonly operations: number;
    readonly roundTripMs: number;
    readonly queueMs: number;
  }[];
}

/**
 * What happened between two readings of one mount.
 * @param before undefined: it was not mounted then, so everything since it was counts. The same holds where counters ran
 *   backwards: another mount took its place.
 */
export function nfsBetween(before: NfsMount | undefined, after: NfsMount): NfsActivity {
  const old = before !== undefined && isContinued(before, after) ? before : undefined;
  const grown = [...after.operations]
    .map(([operation, now]) => ({ operation, ...difference(old?.operations.get(operation), now) }))
    .filter(({ operations }) => operations > 0);
  const total = (figure: keyof ReturnType<typeof difference>) => grown.reduce((sum, change) => sum + change[figure], 0);
  const operations = total("operations");
  return {
    operations,
    meanRoundTripMs: operations === 0 ? undefined : total("roundTripMs") / operations,
    meanQueueMs: operations === 0 ? undefined : total("queueMs") / operations,
    retransmissions: total("retransmissions"),
    majorTimeouts: total("majorTimeouts"),
    readBytes: after.readBytes === undefined ? undefined : after.readBytes - (old?.readBytes ?? 0),
    writtenBytes: after.writtenBytes === undefined ? undefined : after.writtenBytes - (old?.writtenBytes ?? 0),
    slowest: grown
      .sort((one, other) => other.totalMs - one.totalMs)
      .slice(0, 3)
      .map((change) => ({
        operation: change.operation,
        operations: change.operations,
        roundTripMs: change.roundTripMs / change.operations,
        queueMs: change.queueMs / change.operations,
      })),
  };
}

function difference(before: NfsOperation | undefined, after: NfsOperation) {
  const operations = after.operations - (before?.operations ?? 0);
  return {
    operations,
    // Old kernels count a request that was given up before it was sent without a transmission.
    retransmissions: Math.max(0, after.transmissions - (before?.transmissions ?? 0) - operations),
    majorTimeouts: after.majorTimeouts - (before?.majorTimeouts ?? 0),
    queueMs: after.queueMs - (before?.queueMs ?? 0),
    roundTripMs: after.roundTripMs - (before?.roundTripMs ?? 0),
    totalMs: after.totalMs - (before?.totalMs ?? 0),
  };
}

/** Whether no counter ran backwards. */
function isContinued(before: NfsMount, after: NfsMount): boolean {
  if ((after.readBytes ?? 0) < (before.readBytes ?? 0)) return false;
  if ((after.writtenBytes ?? 0) < (before.writtenBytes ?? 0)) return false;
  return [...before.operations].every(([name, old]) => {
    const now = after.operations.get(name);
    return now !== undefined && now.operations >= old.operations && now.totalMs >= old.totalMs;
  });
}

function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

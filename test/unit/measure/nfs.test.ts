import { describe, expect, test } from "@jest/globals";
import { type NfsMount, nfsBetween, parseNfsMounts } from "../../../src/measure/nfs.ts";

/** A NAS with NFS 4.2 and another with NFS 3 of an older kernel, between mounts of other kinds. */
const mountStats = `\
device proc mounted on /proc with fstype proc
device /dev/vda mounted on / with fstype ext4
no device mounted on /odd with fstype none
device nas:/export/pro\\040jects mounted on /mnt/my\\040nas with fstype nfs4 statvers=1.1
	opts:	rw,vers=4.2,rsize=1048576,wsize=1048576,namlen=255,hard,proto=tcp,nconnect=2,timeo=600,retrans=2,sec=sys
	age:	83520
	impl_id:	name='',domain='',date='0,0'
	caps:	caps=0x3fff7,wtmult=512,dtsize=32768,bsize=0,namlen=255
	nfsv4:	bm0=0xfdffafff,bm1=0xf9be3e,bm2=0x800,acl=0x0,sessions,pnfs=not configured
	sec:	flavor=1,pseudoflavor=1
	events:	52472 472680 16671 57552 2104 9565 749555 9568641 168 24103 1 267134 3350 20097 116581 18214 43757
	bytes:	2021340783 39056395530 0 0 1788561151 39087991255 442605 9557343 
	RPC iostats version: 1.1  p/v: 100003/4 (nfs)
	xprt:	tcp 940 0 2 0 1 938505 938504 0 12756069 0 32 254729 10823602
	xprt:	tcp 941 0 2 0 1 938505 938504 0 12756069 0 32 254729 10823602
	per-op statistics
	        NULL: 1 1 0 44 24 0 0 0 0
	        READ: 34096 34100 0 7103096 1792122744 2272 464840 467945 0
	       WRITE: 322308 322310 1 39161277084 56725504 401718334 10139998 411864389 3
	     GETATTR: 52480 52480 0 11000000 12000000 100 26240 27000 12
	OPEN_CONFIRM: 0 0 0 0 0 0 0 0 0

device old:/vol mounted on /mnt/old with fstype nfs statvers=1.0
	opts:	rw,vers=3,rsize=32768,wsize=32768,hard,proto=udp
	age:	10
	caps:	caps=0xf,wtmult=4096,dtsize=32768,bsize=0,namlen=255
	sec:	flavor=1,pseudoflavor=1
	events:	0 0 0 0 2 1 7 1 0 1 0 1 0 0 3
	bytes:	15 15 0 0 25 35 1 1
	RPC iostats version: 1.0  p/v: 100003/3 (nfs)
	xprt:	udp 795 1 15 15 0 15 0
	per-op statistics
	        NULL: 0 0 0 0 0 0 0 0
	        READ: 1 1 0 124 144 0 3 3
	       WRITE: garbage
	      ACCESS: 1 2 3

device tmpfs mounted on /run with fstype tmpfs
`;

describe("NFS mounts", () => {
  const mounts = parseNfsMounts(mountStats);
  const [nas, old] = mounts;

  test("are those of the table that are NFS", () => {
    expect(mounts.map(({ mountPoint, fileSystem }) => [mountPoint, fileSystem])).toEqual([
      ["/mnt/my nas", "nfs4"],
      ["/mnt/old", "nfs"],
    ]);
  });

  test("have a server, a transport and what went to and fro", () => {
    expect(nas).toMatchObject({
      export: "nas:/export/pro jects",
      transport: "tcp",
      readBytes: 1788561151,
      writtenBytes: 39087991255,
    });
    expect(old).toMatchObject({ export: "old:/vol", transport: "udp", readBytes: 25, writtenBytes: 35 });
  });

  test("count each operation, with its errors where the kernel does", () => {
    expect(nas?.operations.get("WRITE")).toEqual({
      operations: 322308,
      transmissions: 322310,
      majorTimeouts: 1,
      sentBytes: 39161277084,
      receivedBytes: 56725504,
      queueMs: 401718334,
      roundTripMs: 10139998,
      totalMs: 411864389,
      errors: 3,
    });
    expect(old?.operations.get("READ")).toMatchObject({ operations: 1, roundTripMs: 3, errors: undefined });
  });

  test("lose the lines that make no sense, and no others", () => {
    expect([...(old?.operations.keys() ?? [])]).toEqual(["NULL", "READ"]);
    expect(nas?.operations.size).toBe(5);
  });

  test("without figures have none", () => {
    expect(parseNfsMounts("device a:/b mounted on /c with fstype nfs statvers=1.1\n")).toEqual([
      {
        mountPoint: "/c",
        export: "a:/b",
        fileSystem: "nfs",
        transport: undefined,
        readBytes: undefined,
        writtenBytes: undefined,
        operations: new Map(),
      },
    ]);
  });

  test.each(["", "garbage", "device a:/b mounted on /c with fstype cifs\n"])("are not in %j", (text) => {
    expect(parseNfsMounts(text)).toEqual([]);
  });
});

describe("between two readings of a mount", () => {
  /** `operations transmissions timeouts sent received queue round-trip total` of each operation. */
  const mount = (operations: Readonly<Record<string, string>>, bytes = "0 0 0 0 1000 2000 0 0"): NfsMount => {
    const lines = Object.entries(operations).map(([name, columns]) => `\t${name}: ${columns} 0\n`);
    const text = `device n:/e mounted on /m with fstype nfs4 statvers=1.1\n\tbytes:\t${bytes}\n\tper-op statistics\n`;
    const [parsed] = parseNfsMounts(text + lines.join(""));
    if (parsed === undefined) throw new Error("no mount");
    return parsed;
  };

  const before = mount({
    LOOKUP: "1000 1000 0 0 0 10 2000 2100",
    READ: "100 100 0 0 0 50 900 950",
    WRITE: "10 10 0 0 0 0 10 10",
    GETATTR: "5 5 0 0 0 0 5 5",
    COMMIT: "7 7 0 0 0 0 7 7",
  });

  test("requests, their times and the slowest kinds are what was added", () => {
    const after = mount(
      {
        LOOKUP: "1400 1403 0 0 0 210 2800 3100",
        READ: "200 201 2 0 0 150 2900 3050",
        WRITE: "30 30 0 0 0 0 30 30",
        GETATTR: "105 105 0 0 0 0 55 60",
        COMMIT: "7 7 0 0 0 0 7 7",
      },
      "9 9 9 9 6000 2500 0 0",
    );
    expect(nfsBetween(before, after)).toEqual({
      operations: 620,
      meanRoundTripMs: (800 + 2000 + 20 + 50) / 620,
      meanQueueMs: 300 / 620,
      retransmissions: 4,
      majorTimeouts: 2,
      readBytes: 5000,
      writtenBytes: 500,
      slowest: [
        { operation: "READ", operations: 100, roundTripMs: 20, queueMs: 1 },
        { operation: "LOOKUP", operations: 400, roundTripMs: 2, queueMs: 0.5 },
        { operation: "GETATTR", operations: 100, roundTripMs: 0.5, queueMs: 0 },
      ],
    });
  });

  test("nothing may have happened", () => {
    expect(nfsBetween(before, before)).toEqual({
      operations: 0,
      meanRoundTripMs: undefined,
      meanQueueMs: undefined,
      retransmissions: 0,
      majorTimeouts: 0,
      readBytes: 0,
      writtenBytes: 0,
      slowest: [],
    });
  });

  test("everything counts of a mount that was not there before", () => {
    const after = mount({ READ: "100 102 1 0 0 50 900 950" });
    expect(nfsBetween(undefined, after)).toMatchObject({ operations: 100, retransmissions: 2, readBytes: 1000 });
  });

  test.each([
    ["requests", mount({ READ: "50 50 0 0 0 10 100 110" }), 50],
    ["an operation is gone", mount({ OPEN: "3 3 0 0 0 1 1 2" }), 3],
  ])("everything counts when another mount took its place: %s", (_, after, operations) => {
    expect(nfsBetween(before, after)).toMatchObject({ operations, readBytes: 1000, writtenBytes: 2000 });
  });

  test("bytes that ran backwards mean another mount too", () => {
    const after = mount(
      { ...Object.fromEntries([...before.operations].map(([name]) => [name, "9999 9999 0 0 0 9 9999 9999"])) },
      "0 0 0 0 1 2 0 0",
    );
    expect(nfsBetween(before, after)).toMatchObject({ readBytes: 1, writtenBytes: 2, operations: 5 * 9999 });
  });

  test("an operation that came meanwhile counts from nothing", () => {
    const known = mount({ READ: "100 100 0 0 0 50 900 950" });
    const after = mount({ READ: "100 100 0 0 0 50 900 950", COMMIT: "2 2 0 0 0 4 8 12" });
    expect(nfsBetween(known, after)).toMatchObject({ operations: 2, meanRoundTripMs: 4, meanQueueMs: 2 });
  });
});

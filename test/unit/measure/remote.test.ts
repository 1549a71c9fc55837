import { describe, expect, test } from "@jest/globals";
import { remoteEnd } from "../../../src/measure/remote.ts";

const heading = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
/** 0.0.0.0/0 by eth0 and, dearer, by wlan0; 10.0.0.0/8 by eth1; 10.0.5.0/24 by eth2; 10.0.6.0/24 refused; 10.0.7.0/24 down. */
const routes = `${heading}\
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth1\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
eth2\t0005000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
*\t0006000A\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth3\t0007000A\t00000000\t0000\t0\t0\t0\t00FFFFFF\t0\t0\t0
garbage
eth4\tnonsense\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;

const zero = "0".repeat(32);
const routes6 = `\
fd000000000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0
fe800000000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000002 00000000 00000001     eth0
${zero} 00 ${zero} 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth1
00000000000000000000000000000001 80 ${zero} 00 ${zero} 00000000 00000002 00000000 80200001       lo
fd000000000000000000000000000002 80 ${zero} 00 ${zero} 00000000 00000003 00000000 80200001     eth0
${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo
garbage
`;

const ownAddresses = `\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.0.5.0/24 2 0 2
        |-- 10.0.5.0
           /24 link UNICAST
        |-- 10.0.5.2
           /32 host LOCAL
        |-- 10.0.5.255
           /32 link BROADCAST
`;

const files: Readonly<Record<string, string>> = {
  "/proc/net/route": routes,
  "/proc/net/ipv6_route": routes6,
  "/proc/net/fib_trie": ownAddresses,
  "/sys/class/net/eth0/device/uevent": "DRIVER=ixgbe\nPCI_CLASS=20000\n",
  "/sys/class/net/eth0/speed": "10000\n",
  "/sys/class/net/eth1/device/uevent": "DRIVER=igb\n",
  "/sys/class/net/eth1/speed": "1000\n",
  "/sys/class/net/eth2/speed": "10000\n",
};

const readingFrom = (some: Readonly<Record<string, string>>) => (path: string) => {
  const content = some[path];
  if (content === undefined) throw new Error(`ENOENT: ${path}`);
  return content;
};

const remote = (fileSystem: string, source: string, options = "rw") =>
  remoteEnd({ fileSystem, source, options }, readingFrom(files));

describe("the address of a server", () => {
  test.each([
    ["that NFS found for a name", "nfs4", "nas:/export", "rw,vers=4.2,clientaddr=10.0.5.2,addr=10.0.5.9", "10.0.5.9"],
    ["that CIFS found for a name", "cifs", "//nas/share", "rw,username=b,addr=10.0.5.9,file_mode=0755", "10.0.5.9"],
    ["of NFS over IPv6", "nfs4", "[fd00::9]:/export", "rw,addr=fd00::9", "fd00::9"],
    ["that is not the mount helper's", "nfs", "nas:/e", "rw,mountaddr=10.0.0.1,proto=tcp", undefined],
    ["in the source of NFS", "nfs", "10.0.5.9:/export", "rw", "10.0.5.9"],
    ["in the source of NFS, in brackets", "nfs", "[fd00::9]:/export", "rw", "fd00::9"],
    ["in the source of CIFS", "smb3", "//10.0.5.9/share", "rw", "10.0.5.9"],
    ["of sshfs", "fuse.sshfs", "backup@10.0.5.9:/srv", "rw,user_id=0", "10.0.5.9"],
    ["of sshfs, in brackets", "fuse.sshfs", "backup@[fd00::9]:/srv", "rw", "fd00::9"],
    ["of GlusterFS", "fuse.glusterfs", "10.0.5.9:volume", "rw", "10.0.5.9"],
    ["of WebDAV", "fuse.davfs2", "https://10.0.5.9:8443/dav", "rw", "10.0.5.9"],
    ["of Ceph: the first monitor's", "ceph", "10.0.5.9:6789,10.0.5.8:6789:/a", "rw", "10.0.5.9"],
    ["of Ceph, as it is written today", "ceph", "me@0a1b.fs=/a", "rw,mon_addr=10.0.5.9:3300/10.0.5.8:3300", "10.0.5.9"],
    ["of Lustre", "lustre", "10.0.5.9@tcp:/scratch", "rw", "10.0.5.9"],
    ["that is known by name alone", "fuse.sshfs", "backup@nas.example:/srv", "rw", undefined],
    ["of an object store", "fuse.rclone", "drive:backup", "rw", undefined],
    ["that is nonsense", "nfs", "[nas]:/e", "rw,addr=nas", undefined],
    ["of nothing", "nfs", "", "", undefined],
  ])("%s", (_name, fileSystem, source, options, address) => {
    expect(remote(fileSystem, source, options)?.address).toBe(address);
  });
});

test.each(["ext4", "xfs", "btrfs", "tmpfs", "fuse", "fuseblk"])("%s has no other end", (fileSystem) => {
  expect(remote(fileSystem, "/dev/sda1", "rw,addr=10.0.5.9")).toBeUndefined();
});

describe("the interface that leads there", () => {
  const interfaceFor = (address: string) => remote("nfs4", "nas:/e", `rw,addr=${address}`)?.interface;

  test.each([
    ["of two equal routes is that with the lower metric", "8.8.8.8", "eth0"],
    ["has the longest prefix", "10.0.5.9", "eth2"],
    ["has a shorter prefix where the longer does not fit", "10.1.5.9", "eth1"],
    ["is not one that refuses", "10.0.6.9", "eth1"],
    ["is not one that is down", "10.0.7.9", "eth1"],
    ["is the loopback to this machine", "127.0.0.1", "lo"],
    ["is the loopback to an address of this machine's own", "10.0.5.2", "lo"],
    ["is not the loopback to the network's own address", "10.0.5.255", "eth2"],
    ["has the longest prefix of IPv6", "fd00::9", "eth0"],
    ["may be the default of IPv6", "2001:db8::1", "eth1"],
    ["is the loopback to ::1", "::1", "lo"],
    ["is the loopback to an own address of IPv6", "fd00::2", "lo"],
    ["stands in a link's own address", "fe80::1%eth7", "eth7"],
    ["cannot be told of a link's own address without its link", "fe80::1", undefined],
    ["cannot be told of a link by its number", "fe80::1%2", undefined],
  ])("%s", (_name, address, expected) => {
    expect(interfaceFor(address)).toBe(expected);
  });

  test.each([
    ["no routes", {}],
    ["none that fits", { "/proc/net/route": `${heading}eth1\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n` }],
  ])("is not known with %s", (_name, some) => {
    const mount = { fileSystem: "nfs", source: "192.0.2.7:/e", options: "rw" };
    expect(remoteEnd(mount, readingFrom(some))).toEqual({
      address: "192.0.2.7",
      interface: undefined,
      linkBitsPerSecond: undefined,
    });
  });
});

describe("the speed of the link", () => {
  const speed = (uevent: string | undefined, text: string | undefined) =>
    remoteEnd(
      { fileSystem: "nfs", source: "192.0.2.7:/e", options: "rw" },
      readingFrom({
        "/proc/net/route": routes,
        ...(uevent === undefined ? {} : { "/sys/class/net/eth0/device/uevent": uevent }),
        ...(text === undefined ? {} : { "/sys/class/net/eth0/speed": text }),
      }),
    )?.linkBitsPerSecond;

  test.each([
    ["is in bits per second", "DRIVER=igb\n", "1000\n", 1_000_000_000],
    ["may be more than 32 bits hold", "DRIVER=mlx5_core\n", "100000\n", 100_000_000_000],
    ["is known of a device that names no driver", "MODALIAS=of:Nethernet\n", "100\n", 100_000_000],
    ["is not known while the link is down", "DRIVER=igb\n", "-1\n", undefined],
    ["is not known to an old kernel", "DRIVER=igb\n", "65535\n", undefined],
    ["is not known to a driver without a sign", "DRIVER=igb\n", "4294967295\n", undefined],
    ["is not known when it cannot be read", "DRIVER=igb\n", undefined, undefined],
    ["is not known when it is nonsense", "DRIVER=igb\n", "fast\n", undefined],
    ["is made up by veth, which has no device", undefined, "10000\n", undefined],
    ["is made up by a virtual card", "DRIVER=vmxnet3\n", "10000\n", undefined],
  ])("%s", (_name, uevent, text, expected) => {
    expect(speed(uevent, text)).toBe(expected);
  });
});

describe("the speed of a link that is put together", () => {
  const card = (name: string, megabits: string, driver = "ixgbe") => ({
    [`/sys/class/net/${name}/device/uevent`]: `DRIVER=${driver}\n`,
    [`/sys/class/net/${name}/speed`]: `${megabits}\n`,
  });
  const made = (name: string, megabits: string) => ({ [`/sys/class/net/${name}/speed`]: `${megabits}\n` });
  const bond = (cards: string) => ({ "/sys/class/net/bond0/bonding/slaves": `${cards}\n` });
  const vlan = (device: string) =>
    `top.5  VID: 5\t REORDER_HDR: 1  dev->priv_flags: 1021\n         total frames received            0\nDevice: ${device}\nINGRESS priority mappings: 0:0  1:0\n`;

  test.each<[string, string, Readonly<Record<string, string>>, number | undefined]>([
    [
      "of cards to a bond is the bond's own",
      "bond0",
      { ...bond("eth0 eth1"), ...card("eth0", "10000"), ...card("eth1", "10000"), ...made("bond0", "20000") },
      20_000_000_000,
    ],
    [
      "to a bond is not known while it is down",
      "bond0",
      { ...bond("eth0"), ...card("eth0", "-1"), ...made("bond0", "-1") },
      undefined,
    ],
    [
      "of virtual cards to a bond is made up",
      "bond0",
      {
        ...bond("eth0 eth1"),
        ...card("eth0", "10000"),
        ...card("eth1", "10000", "vmxnet3"),
        ...made("bond0", "20000"),
      },
      undefined,
    ],
    [
      "of nothing to a bond is not known",
      "bond0",
      { "/sys/class/net/bond0/bonding/slaves": "\n", ...made("bond0", "10000") },
      undefined,
    ],
    ["as a VLAN is that of its card", "top.5", { "/proc/net/vlan/top.5": vlan("eth0"), ...card("eth0", "1000") }, 1e9],
    [
      "as a VLAN on a bond is that of the bond",
      "top.5",
      {
        "/proc/net/vlan/top.5": vlan("bond0"),
        ...bond("eth0"),
        ...card("eth0", "25000"),
        ...made("bond0", "25000"),
        ...made("top.5", "9"),
      },
      25_000_000_000,
    ],
    [
      "as a VLAN on a virtual card is made up",
      "top.5",
      { "/proc/net/vlan/top.5": vlan("eth0"), ...card("eth0", "10000", "virtio_net"), ...made("top.5", "10000") },
      undefined,
    ],
    [
      "as a VLAN is not known where it is not said on what",
      "top.5",
      { "/proc/net/vlan/top.5": "nonsense\n", ...made("top.5", "1000") },
      undefined,
    ],
    ["as a bridge is not known", "br0", { ...made("br0", "10000"), ...card("eth0", "10000") }, undefined],
  ])("%s", (_name, link, some, expected) => {
    const route = `${heading}${link}\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`;
    const mount = { fileSystem: "nfs", source: "192.0.2.7:/e", options: "rw" };
    expect(remoteEnd(mount, readingFrom({ "/proc/net/route": route, ...some }))).toMatchObject({
      interface: link,
      linkBitsPerSecond: expected,
    });
  });
});

import { readFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { endianness } from "node:os";
import { isNetworkFileSystem } from "./file-systems.ts";
import { orUndefined, type ReadFile } from "./read-file.ts";
import type { Mount } from "./storage.ts";

/** The other end of a network file system, as far as it can be told without asking anyone for names. */
export interface RemoteEnd {
  /** IPv4 or IPv6 address of the server, without brackets. */
  readonly address: string | undefined;
  /** The network interface through which the kernel's main routing table leads there; `lo` when the server is this machine. */
  readonly interface: string | undefined;
  /** Bits per second of that interface's link; undefined where it is not known, and of virtual cards, which make it up. */
  readonly linkBitsPerSecond: number | undefined;
}

/**
 * Where a network file system's server is. Undefined for other file systems. Never throws, and looks up no names: of a
 * server that the mount table knows by name alone (fuse.sshfs) nothing can be told.
 * @param mount as it stands in /proc/self/mountinfo; `options` are those of the file system
 * @param readFile reads /proc/net/route, /proc/net/ipv6_route, /proc/net/fib_trie and /sys/class/net; throws for what is not there
 */
export function remoteEnd(
  mount: Pick<Mount, "fileSystem" | "source" | "options">,
  readFile: ReadFile = (path) => readFileSync(path, "utf8"),
): RemoteEnd | undefined {
  if (!isNetworkFileSystem(mount.fileSystem)) return undefined;
  const read = (path: string) => orUndefined(() => readFile(path));
  const address = addressOf(mount);
  const name = address === undefined ? undefined : interfaceTo(address, read);
  return { address, interface: name, linkBitsPerSecond: name === undefined ? undefined : linkSpeed(name, read) };
}

type Read = (path: string) => string | undefined;

/** NFS and CIFS write down the address that they found for the name; Ceph those of its monitors. */
function addressOf({ source, options }: Pick<Mount, "source" | "options">): string | undefined {
  // clientaddr= is our own, mountaddr= that of a helper.
  const [, option = ""] = /(?:^|,)(?:addr|mon_addr)=([^,]+)/.exec(options) ?? [];
  return isIP(option) !== 0 ? option : (literalHost(option) ?? literalHost(source));
}

/**
 * The host's literal address in `server:/export`, `//server/share`, `user@server:path`, `https://server/`, `[address]:/`,
 * `address:port,…:/` (Ceph) and `address@tcp:/name` (Lustre); undefined for a name.
 */
function literalHost(text: string): string | undefined {
  const rest = text.replace(/^([a-z][a-z0-9+.-]*:)?\/\//i, "");
  const [, bracketed] = /^[^@/[]*@?\[([^\]]+)\]/.exec(rest) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 0 ? undefined : bracketed;
  const [host = ""] = rest.split(/[:/,]/);
  return host.split("@").find((part) => isIP(part) !== 0);
}

/** The interface that leads to an address: of the routes that fit the one with the longest prefix, then the lowest metric. */
function interfaceTo(address: string, read: Read): string | undefined {
  const [bare = "", zone] = address.split("%");
  // Each link has the addresses fe80::… of its own. The zone says which link; as a number, it does not say its name.
  if (/^fe[89ab]/i.test(bare)) return zone === undefined || /^\d/.test(zone) ? undefined : zone;
  const family = isIP(bare) === 6 ? "ipv6" : "ipv4";
  if (family === "ipv4" && isOwnAddress(bare, read)) return "lo";
  const routes = family === "ipv4" ? routesOf4(read("/proc/net/route")) : routesOf6(read("/proc/net/ipv6_route"));
  let best: Route | undefined;
  for (const route of routes) {
    const network = new BlockList();
    network.addSubnet(route.network, route.prefix, family);
    if (!network.check(bare, family)) continue;
    const isLonger = route.prefix > (best?.prefix ?? -1);
    if (isLonger || (route.prefix === best?.prefix && route.metric < best.metric)) best = route;
  }
  return best?.name;
}

interface Route {
  readonly name: string;
  readonly network: string;
  /** Bits of the address that the network fixes. */
  readonly prefix: number;
  readonly metric: number;
}

/** RTF_UP (include/uapi/linux/route.h). */
const isUp = 0x1;
/** RTF_REJECT: a route that refuses. */
const isRefused = 0x200;
/** RTF_LOCAL: the address is our own (include/uapi/linux/ipv6_route.h). */
const isLocal = 0x8000_0000;

/** Whether a local IPv4 address is ours: /proc/net/route has only the main table, which leads past the loopback. */
function isOwnAddress(address: string, read: Read): boolean {
  if (address.startsWith("127.")) return true;
  const [, ...leaves] = (read("/proc/net/fib_trie") ?? "").split("|-- ");
  return leaves.some((leaf) => leaf.startsWith(`${address}\n`) && leaf.includes("/32 host LOCAL"));
}

/** `Iface Destination Gateway Flags RefCnt Use Metric Mask …`: addresses in hexadecimal as they lie in memory. */
function routesOf4(text: string | undefined): Route[] {
  return (text ?? "").split("\n").flatMap((line) => {
    const [name, destination, , flags, , , metric, mask] = line.trim().split(/\s+/);
    if (name === undefined || destination === undefined || flags === undefined || mask === undefined) return [];
    if (!isHex(destination, 8) || !isHex(mask, 8) || !isUsable(flags)) return [];
    const bytes = [...Buffer.from(destination, "hex")];
    const network = (endianness() === "LE" ? bytes.reverse() : bytes).join(".");
    const prefix = Number.parseInt(mask, 16).toString(2).replaceAll("0", "").length;
    return [{ name, network, prefix, metric: Number(metric) }];
  });
}

/** `destination prefix source prefix gateway metric references uses flags interface`: all in hexadecimal, in network order. */
function routesOf6(text: string | undefined): Route[] {
  return (text ?? "").split("\n").flatMap((line) => {
    const [destination, prefix, , , , metric, , , flags, name] = line.trim().split(/\s+/);
    if (destination === undefined || prefix === undefined || metric === undefined) return [];
    if (flags === undefined || name === undefined || !isHex(destination, 32) || !isUsable(flags)) return [];
    return [
      {
        name: (Number.parseInt(flags, 16) & isLocal) === 0 ? name : "lo",
        network: destination.replace(/.{4}(?=.)/g, "$&:"),
        prefix: Number.parseInt(prefix, 16),
        metric: Number.parseInt(metric, 16),
      },
    ];
  });
}

function isUsable(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & isUp) !== 0 && (bits & isRefused) === 0;
}

function isHex(text: string, digits: number): boolean {
  return text.length === digits && /^[0-9a-f]+$/i.test(text);
}

/** Cards of virtual machines: they give a speed that the hypervisor made up, or that of a link shared with others. */
const virtualCards: ReadonlySet<string> = new Set(["virtio_net", "vmxnet3", "hv_netvsc", "vif"]);

/**
 * The link's speed in bits per second: a VLAN's is that of what it lies on, a bond's the one that the kernel makes of its cards'. Other
 * interfaces without a device below them (veth, which says 10 Gbit/s, bridges, tunnels) give none. /sys/class/net/…/speed is in
 * Mbit/s, -1 or the same without a sign when it is not known.
 */
function linkSpeed(name: string, read: Read): number | undefined {
  const below = /^Device: (\S+)$/m.exec(read(`/proc/net/vlan/${name}`) ?? "")?.[1];
  if (below !== undefined) return linkSpeed(below, read);
  const bonded = read(`/sys/class/net/${name}/bonding/slaves`)?.trim().split(/\s+/);
  if (!(bonded ?? [name]).every((card) => isRealCard(card, read))) return undefined;
  const megabits = Number(read(`/sys/class/net/${name}/speed`) ?? Number.NaN);
  const unknown = [0xffff, 0xffff_ffff];
  return megabits > 0 && !unknown.includes(megabits) ? megabits * 1_000_000 : undefined;
}

function isRealCard(name: string, read: Read): boolean {
  const device = read(`/sys/class/net/${name}/device/uevent`);
  const driver = /^DRIVER=(.*)$/m.exec(device ?? "")?.[1];
  return device !== undefined && (driver === undefined || !virtualCards.has(driver));
}

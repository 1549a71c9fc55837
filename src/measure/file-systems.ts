/**
 * What kind of file system a directory is in: how its figures are to be read. "block" needs a block device, or a file system that is known
 * to stand on some.
 */
export type StorageKind = "block" | "network" | "user-space" | "memory";

const networkFileSystems: ReadonlySet<string> = new Set([
  // File servers, with the client in the kernel. smbfs was cifs' predecessor, ncp and ncpfs were NetWare's.
  ...["nfs", "nfs4", "cifs", "smb3", "smbfs", "ncp", "ncpfs", "afs", "coda"],
  // Files spread over many servers. ocfs2 and gfs2 are none of them: they share a block device, which is measured as such.
  ...["ceph", "glusterfs", "lustre", "beegfs", "gpfs", "orangefs", "pvfs2", "panfs", "wekafs"],
  ...["fuse.glusterfs", "fuse.ceph", "fuse.ceph-fuse", "fuse.mfs", "fuse.moosefs", "fuse.lizardfs", "fuse.seaweedfs"],
  ...["fuse.juicefs"],
  // File servers, with the client in user space.
  ...["fuse.sshfs", "davfs", "fuse.davfs", "fuse.davfs2", "fuse.curlftpfs", "fuse.smbnetfs", "fuse.gvfsd-fuse"],
  // Object stores.
  ...["fuse.rclone", "fuse.s3fs", "fuse.goofys", "fuse.geesefs", "fuse.mountpoint-s3", "fuse.gcsfuse"],
  ...["fuse.blobfuse", "fuse.blobfuse2"],
  // Folders of a virtual machine's host. No network is between, but each request leaves this machine as on one.
  ...["9p", "virtiofs", "vboxsf", "vmhgfs", "fuse.vmhgfs-fuse", "prl_fs"],
]);

/** Whether a file system's type (`nfs4`, `fuse.sshfs`) means that its files are on another machine. */
export function isNetworkFileSystem(type: string): boolean {
  return networkFileSystems.has(type);
}

/**
 * Whether a file system's requests are answered by a process (FUSE), over a network or not: each costs two changes of
 * process. `fuseblk` stands on a block device (ntfs-3g); some programs give no more than `fuse`.
 */
export function isUserSpaceFileSystem(type: string): boolean {
  return /^fuse(blk)?(\.|$)/.test(type);
}

/** File systems that are memory. */
const memoryFileSystems: ReadonlySet<string> = new Set(["tmpfs", "ramfs", "devtmpfs", "hugetlbfs"]);

/**
 * File systems that stand on disks, though under no number of a disk's: the first three manage several themselves, and overlay lies on
 * directories of others.
 */
const withoutNumber: ReadonlySet<string> = new Set(["zfs", "btrfs", "bcachefs", "overlay"]);

/**
 * The kind of a file system; undefined where its type tells nothing.
 *
 * @param deviceNumber that of its block device, if there is one
 */
export function kindOf(fileSystem: string, deviceNumber: string | undefined): StorageKind | undefined {
  if (isNetworkFileSystem(fileSystem)) return "network";
  if (isUserSpaceFileSystem(fileSystem) && !fileSystem.startsWith("fuseblk")) return "user-space";
  if (memoryFileSystems.has(fileSystem)) return "memory";
  return deviceNumber !== undefined || withoutNumber.has(fileSystem) ? "block" : undefined;
}

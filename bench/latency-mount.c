// A FUSE pass-through that answers every request of the kernel a fixed time after it came, as a server far away would.
//
// Usage: latency-mount ROOT MOUNTPOINT DELAY_MICROSECONDS [FUSE OPTIONS, as in -o attr_timeout=3]
// It prints "ready" once it is mounted, stays in the foreground and ends when MOUNTPOINT is unmounted, on SIGTERM, SIGINT and
// SIGHUP, and when its parent ends. Run it as root: what is created belongs to whoever runs it.
//
// One thread for all requests: each waits in a queue until it is due, so that any number of them wait at the same time, and
// only the work on ROOT, a memory file system in the benchmark, is one after the other. A thread for each request costs twice
// the context switches, which on a small machine would be measured instead of the backup.
//
// The kernel keeps attributes and names for libfuse's default of 1 s; names that do not exist are asked for every time.
// There are no extended attributes: with them the kernel would ask for one before every single write, which no network file
// system makes it do.
#define FUSE_USE_VERSION 312
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <fuse_lowlevel.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int root; // an open ROOT, which all paths below are relative to

static int outcome(int result) { return result == -1 ? -errno : 0; }

/** A path of libfuse starts with a slash; for openat() and its like it must not. */
static const char *below_root(const char *path) { return path[1] == '\0' ? "." : path + 1; }

static void *start(struct fuse_conn_info *connection, struct fuse_config *config) {
  // Like a server's directory listing of names alone: every entry's attributes are a request of its own.
  connection->want &= ~(FUSE_CAP_READDIRPLUS | FUSE_CAP_READDIRPLUS_AUTO);
  // The default of 12 requests for read-ahead and closing would be a limit of the mount, not of the tool that is measured.
  connection->max_background = 1024;
  connection->congestion_threshold = 1024;
  config->use_ino = 1;
  // What is removed while it is open goes on by its descriptor, instead of being renamed to a hidden file.
  config->hard_remove = 1;
  config->nullpath_ok = 1;
  return NULL;
}

static int get_attributes(const char *path, struct stat *status, struct fuse_file_info *file) {
  if (file != NULL) return outcome(fstat(file->fh, status));
  return outcome(fstatat(root, below_root(path), status, AT_SYMLINK_NOFOLLOW));
}

static int read_link(const char *path, char *target, size_t size) {
  ssize_t length = readlinkat(root, below_root(path), target, size - 1);
  if (length == -1) return -errno;
  target[length] = '\0';
  return 0;
}

static int make_node(const char *path, mode_t mode, dev_t device) {
  return outcome(mknodat(root, below_root(path), mode, device));
}

static int make_directory(const char *path, mode_t mode) { return outcome(mkdirat(root, below_root(path), mode)); }

static int remove_file(const char *path) { return outcome(unlinkat(root, below_root(path), 0)); }

static int remove_directory(const char *path) { return outcome(unlinkat(root, below_root(path), AT_REMOVEDIR)); }

static int make_symbolic_link(const char *target, const char *path) {
  return outcome(symlinkat(target, root, below_root(path)));
}

static int rename_entry(const char *from, const char *to, unsigned int flags) {
  return outcome(renameat2(root, below_root(from), root, below_root(to), flags));
}

static int make_hard_link(const char *from, const char *to) {
  return outcome(linkat(root, below_root(from), root, below_root(to), 0));
}

static int change_mode(const char *path, mode_t mode, struct fuse_file_info *file) {
  // Following links is no danger: the kernel has resolved those of the path, and refuses to change a link's own mode.
  return outcome(file != NULL ? fchmod(file->fh, mode) : fchmodat(root, below_root(path), mode, 0));
}

static int change_owner(const char *path, uid_t owner, gid_t group, struct fuse_file_info *file) {
  if (file != NULL) return outcome(fchown(file->fh, owner, group));
  return outcome(fchownat(root, below_root(path), owner, group, AT_SYMLINK_NOFOLLOW));
}

static int change_size(const char *path, off_t size, struct fuse_file_info *file) {
  if (file != NULL) return outcome(ftruncate(file->fh, size));
  int descriptor = openat(root, below_root(path), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor == -1) return -errno;
  int result = outcome(ftruncate(descriptor, size));
  close(descriptor);
  return result;
}

static int change_times(const char *path, const struct timespec times[2], struct fuse_file_info *file) {
  if (file != NULL) return outcome(futimens(file->fh, times));
  return outcome(utimensat(root, below_root(path), times, AT_SYMLINK_NOFOLLOW));
}

static int create_file(const char *path, mode_t mode, struct fuse_file_info *file) {
  int descriptor = openat(root, below_root(path), file->flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode);
  if (descriptor == -1) return -errno;
  file->fh = descriptor;
  return 0;
}

static int open_file(const char *path, struct fuse_file_info *file) {
  int descriptor = openat(root, below_root(path), file->flags | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor == -1) return -errno;
  file->fh = descriptor;
  return 0;
}

static int read_file(const char *path, char *data, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)path;
  ssize_t length = pread(file->fh, data, size, offset);
  return length == -1 ? -errno : (int)length;
}

static int write_file(const char *path, const char *data, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)path;
  ssize_t length = pwrite(file->fh, data, size, offset);
  return length == -1 ? -errno : (int)length;
}

/** Nothing to do, but the request is made and waits, as closing a file of a network file system does. */
static int flush_file(const char *path, struct fuse_file_info *file) {
  (void)path, (void)file;
  return 0;
}

static int release_file(const char *path, struct fuse_file_info *file) {
  (void)path;
  return outcome(close(file->fh));
}

static int synchronize_file(const char *path, int only_data, struct fuse_file_info *file) {
  (void)path;
  return outcome(only_data ? fdatasync(file->fh) : fsync(file->fh));
}

static int open_directory(const char *path, struct fuse_file_info *file) {
  int descriptor = openat(root, below_root(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor == -1) return -errno;
  DIR *directory = fdopendir(descriptor);
  if (directory == NULL) return close(descriptor), -ENOMEM;
  file->fh = (uintptr_t)directory;
  return 0;
}

static int read_directory(const char *path, void *list, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file,
                          enum fuse_readdir_flags flags) {
  (void)path, (void)offset, (void)flags;
  DIR *directory = (DIR *)(uintptr_t)file->fh;
  // libfuse keeps the whole list, so that this is called again only after a rewind.
  rewinddir(directory);
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir(directory);
    if (entry == NULL) return -errno;
    struct stat status = {.st_ino = entry->d_ino, .st_mode = DTTOIF(entry->d_type)};
    if (fill(list, entry->d_name, &status, 0, 0) != 0) return -ENOMEM;
  }
}

static int release_directory(const char *path, struct fuse_file_info *file) {
  (void)path;
  return outcome(closedir((DIR *)(uintptr_t)file->fh));
}

static int get_space(const char *path, struct statvfs *status) {
  (void)path;
  return outcome(fstatvfs(root, status));
}

static const struct fuse_operations operations = {
    .init = start,
    .getattr = get_attributes,
    .readlink = read_link,
    .mknod = make_node,
    .mkdir = make_directory,
    .unlink = remove_file,
    .rmdir = remove_directory,
    .symlink = make_symbolic_link,
    .rename = rename_entry,
    .link = make_hard_link,
    .chmod = change_mode,
    .chown = change_owner,
    .truncate = change_size,
    .utimens = change_times,
    .create = create_file,
    .open = open_file,
    .read = read_file,
    .write = write_file,
    .flush = flush_file,
    .release = release_file,
    .fsync = synchronize_file,
    .opendir = open_directory,
    .readdir = read_directory,
    .releasedir = release_directory,
    .statfs = get_space,
};

/** A request that waits. The buffer is its own until it is answered, and then the next one's. */
struct request {
  struct request *next;
  long long due; // nanoseconds of the monotonic clock
  struct fuse_buf buffer;
};

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/** Takes requests and answers each after the delay, until the file system is unmounted or a signal comes. */
static int serve(struct fuse_session *session, long long delay, const sigset_t *signals_meanwhile) {
  struct request *first = NULL, *last = NULL, *unused = NULL;
  struct pollfd device = {.fd = fuse_session_fd(session), .events = POLLIN};
  fcntl(device.fd, F_SETFL, fcntl(device.fd, F_GETFL) | O_NONBLOCK);
  while (!fuse_session_exited(session)) {
    for (;;) {
      struct request *request = unused;
      if (request != NULL) unused = request->next;
      else if ((request = calloc(1, sizeof *request)) == NULL) return -ENOMEM;
      int received = fuse_session_receive_buf(session, &request->buffer);
      if (received <= 0) {
        request->next = unused;
        unused = request;
        if (received == 0 || received == -EAGAIN || received == -EINTR) break;
        return received;
      }
      request->due = now() + delay;
      request->next = NULL;
      if (first == NULL) first = request;
      else last->next = request;
      last = request;
    }
    // All wait equally long, so the queue is in the order of what is due.
    while (first != NULL && first->due <= now()) {
      struct request *request = first;
      first = request->next;
      fuse_session_process_buf(session, &request->buffer);
      request->next = unused;
      unused = request;
    }
    if (fuse_session_exited(session)) break;
    long long left = first == NULL ? 0 : first->due - now();
    if (left < 0) left = 0;
    struct timespec pause = {.tv_sec = left / 1000000000LL, .tv_nsec = left % 1000000000LL};
    ppoll(&device, 1, first == NULL ? NULL : &pause, signals_meanwhile);
  }
  return 0;
}

static ssize_t receive(int device, void *buffer, size_t size, void *data) {
  (void)data;
  return read(device, buffer, size);
}

/**
 * Sends an answer. libfuse 3.14 does not tell the kernel that requests for names of one directory may go on side by side
 * (FUSE_CAP_PARALLEL_DIROPS), so that it would send one after the other, which no network file system makes it do: the first
 * answer, to the kernel's greeting, is given the flag here.
 */
static ssize_t send_answer(int device, struct iovec *parts, int count, void *data) {
  static int greeted = 0;
  (void)data;
  if (!greeted && count == 2 && parts[1].iov_len >= offsetof(struct fuse_init_out, max_background)) {
    ((struct fuse_init_out *)parts[1].iov_base)->flags |= FUSE_PARALLEL_DIROPS;
    greeted = 1;
  }
  return writev(device, parts, count);
}

int main(int count, char **words) {
  char *end = NULL;
  long delay = count < 4 ? -1 : strtol(words[3], &end, 10);
  if (delay < 0 || *end != '\0') {
    fprintf(stderr, "usage: latency-mount ROOT MOUNTPOINT DELAY_MICROSECONDS [FUSE OPTIONS]\n");
    return 2;
  }
  root = open(words[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root == -1) {
    fprintf(stderr, "latency-mount: cannot open the directory %s: %s\n", words[1], strerror(errno));
    return 1;
  }
  // Without it the kernel may add 50 microseconds to every wait. A parent that is killed leaves no mount behind.
  prctl(PR_SET_TIMERSLACK, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // A server has processors of its own: however busy this machine is, answers come when they are due. Only root may.
  setpriority(PRIO_PROCESS, 0, -20);
  umask(0);

  // Signals come through only while serve() waits, so that none leaves a mount behind or is lost just before the wait.
  sigset_t signals, before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, &before);

  struct fuse_args arguments = FUSE_ARGS_INIT(0, NULL);
  fuse_opt_add_arg(&arguments, words[0]);
  fuse_opt_add_arg(&arguments, "-ofsname=latency-mount");
  for (int index = 4; index < count; index++) fuse_opt_add_arg(&arguments, words[index]);
  struct fuse *fuse = fuse_new(&arguments, &operations, sizeof operations, NULL);
  if (fuse == NULL || fuse_mount(fuse, words[2]) != 0) return 1;
  struct fuse_session *session = fuse_get_session(fuse);
  static const struct fuse_custom_io transport = {.read = receive, .writev = send_answer};
  if (fuse_session_custom_io(session, &transport, fuse_session_fd(session)) != 0) return 1;
  fuse_set_signal_handlers(session);
  puts("ready");
  fflush(stdout);

  int result = serve(session, delay * 1000LL, &before);
  fuse_unmount(fuse);
  fuse_destroy(fuse);
  fuse_opt_free_args(&arguments);
  return result == 0 ? 0 : 1;
}

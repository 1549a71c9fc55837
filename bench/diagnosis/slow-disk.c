// A FUSE file system with a single file, "disk", that is as slow as a disk with one head: an image for a loop device.
//
// Usage: slow-disk IMAGE MOUNTPOINT BYTES_PER_SECOND SEEK_MICROSECONDS STREAMS
// It prints "ready" once it is mounted, stays in the foreground and ends when MOUNTPOINT is unmounted, on SIGTERM, SIGINT and
// SIGHUP, and when its parent ends.
//
// One request is served after the other: it takes its bytes at the rate, and a seek before them unless it goes on where one
// of the last few streams of requests ended, so many as a drive's cache has segments. While it is served the others wait in the
// kernel, so that the loop device above is busy and its queue grows, as those of a real disk.
#define FUSE_USE_VERSION 312
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MOST_STREAMS 64

static const char disk_path[] = "/disk";
static int image;
static long long bytes_per_second, seek_nanoseconds;
static int streams;

static off_t ends[MOST_STREAMS]; // where the streams ended, the latest first
static struct timespec idle_from;  // of the monotonic clock: when everything so far has been served

static long long nanoseconds_until(struct timespec later, struct timespec earlier) {
  return (later.tv_sec - earlier.tv_sec) * 1000000000LL + later.tv_nsec - earlier.tv_nsec;
}

/** Whether a request goes on where a stream ended. Its end is the latest in any case, and the oldest is forgotten. */
static int goes_on(off_t offset, size_t size) {
  int place = 0;
  while (place < streams - 1 && ends[place] != offset) place++;
  int found = ends[place] == offset;
  memmove(ends + 1, ends, place * sizeof *ends);
  ends[0] = offset + (off_t)size;
  return found;
}

/** Takes as long as a disk takes for a request. */
static void serve(off_t offset, size_t size) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (nanoseconds_until(idle_from, now) < 0) idle_from = now;
  long long nanoseconds = (long long)size * 1000000000LL / bytes_per_second + idle_from.tv_nsec;
  if (!goes_on(offset, size)) nanoseconds += seek_nanoseconds;
  idle_from.tv_sec += nanoseconds / 1000000000LL;
  idle_from.tv_nsec = nanoseconds % 1000000000LL;
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &idle_from, NULL) == EINTR) continue;
}

static int get_attributes(const char *path, struct stat *status, struct fuse_file_info *file) {
  (void)file;
  if (strcmp(path, "/") == 0) {
    *status = (struct stat){.st_mode = S_IFDIR | 0700, .st_nlink = 2};
    return 0;
  }
  if (strcmp(path, disk_path) != 0) return -ENOENT;
  return fstat(image, status) == -1 ? -errno : 0;
}

static int open_disk(const char *path, struct fuse_file_info *file) {
  (void)file;
  return strcmp(path, disk_path) == 0 ? 0 : -ENOENT;
}

static int read_disk(const char *path, char *data, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)path, (void)file;
  serve(offset, size);
  ssize_t length = pread(image, data, size, offset);
  return length == -1 ? -errno : (int)length;
}

static int write_disk(const char *path, const char *data, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)path, (void)file;
  serve(offset, size);
  ssize_t length = pwrite(image, data, size, offset);
  return length == -1 ? -errno : (int)length;
}

/** A write is on the disk when it is answered. */
static int synchronize_disk(const char *path, int only_data, struct fuse_file_info *file) {
  (void)path, (void)only_data, (void)file;
  return 0;
}

static const struct fuse_operations operations = {
    .getattr = get_attributes,
    .open = open_disk,
    .read = read_disk,
    .write = write_disk,
    .fsync = synchronize_disk,
};

int main(int count, char **words) {
  bytes_per_second = count == 6 ? atoll(words[3]) : 0;
  seek_nanoseconds = count == 6 ? atoll(words[4]) * 1000LL : -1;
  streams = count == 6 ? atoi(words[5]) : 0;
  if (bytes_per_second <= 0 || seek_nanoseconds < 0 || streams < 1 || streams > MOST_STREAMS) {
    fprintf(stderr, "usage: slow-disk IMAGE MOUNTPOINT BYTES_PER_SECOND SEEK_MICROSECONDS STREAMS\n");
    return 2;
  }
  image = open(words[1], O_RDWR | O_CLOEXEC);
  if (image == -1) {
    fprintf(stderr, "slow-disk: cannot open %s: %s\n", words[1], strerror(errno));
    return 1;
  }
  // As for the latency mounts: waits are exact, a parent that is killed leaves no mount behind, and a disk needs no processor
  // of this machine.
  prctl(PR_SET_TIMERSLACK, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  setpriority(PRIO_PROCESS, 0, -20);

  struct fuse_args arguments = FUSE_ARGS_INIT(0, NULL);
  fuse_opt_add_arg(&arguments, words[0]);
  fuse_opt_add_arg(&arguments, "-ofsname=slow-disk");
  struct fuse *fuse = fuse_new(&arguments, &operations, sizeof operations, NULL);
  if (fuse == NULL || fuse_mount(fuse, words[2]) != 0) return 1;
  fuse_set_signal_handlers(fuse_get_session(fuse));
  puts("ready");
  fflush(stdout);

  int result = fuse_loop(fuse);
  fuse_unmount(fuse);
  fuse_destroy(fuse);
  fuse_opt_free_args(&arguments);
  return result == 0 ? 0 : 1;
}

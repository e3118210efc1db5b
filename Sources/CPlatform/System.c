#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

int platform_sync_data(int descriptor) {
#if defined(__APPLE__)
  if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
  // Some network volumes refuse F_FULLFSYNC and offer only this.
  return fsync(descriptor) == 0 ? 0 : errno;
#else
  return fdatasync(descriptor) == 0 ? 0 : errno;
#endif
}

void platform_start_writing(int descriptor, int64_t offset, int64_t count) {
#if defined(__linux__)
  sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
#else
  (void)descriptor, (void)offset, (void)count;
#endif
}

int platform_preallocate(int descriptor, int64_t count) {
#if defined(__APPLE__)
  fstore_t request = {F_ALLOCATEALL, F_PEOFPOSMODE, 0, count, 0};
  if (fcntl(descriptor, F_PREALLOCATE, &request) == 0) return 0;
#else
  if (fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, count) == 0) return 0;
#endif
  return errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL ? 0 : errno;
}

int platform_lock_exclusive(int descriptor) {
  return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

uint64_t platform_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 30)
int platform_lock_mutex(void *mutex, uint64_t deadline) {
  const struct timespec time = {(time_t)(deadline / 1000000000), (long)(deadline % 1000000000)};
  return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &time);
}
#elif defined(__APPLE__)
int platform_lock_mutex(void *mutex, uint64_t deadline) {
  while (pthread_mutex_trylock(mutex) != 0) {
    if (platform_monotonic_nanoseconds() >= deadline) return ETIMEDOUT;
    usleep(50);
  }
  return 0;
}
#else
int platform_lock_mutex(void *mutex, uint64_t deadline) {
  for (;;) {
    const uint64_t now = platform_monotonic_nanoseconds();
    if (now >= deadline) return pthread_mutex_trylock(mutex);
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    const uint64_t end = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec + (deadline - now);
    time.tv_sec = (time_t)(end / 1000000000);
    time.tv_nsec = (long)(end % 1000000000);
    if (pthread_mutex_timedlock(mutex, &time) == 0) return 0;
  }
}
#endif

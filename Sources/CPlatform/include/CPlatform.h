// What Swift can't say: hardware checksums, prefetch, and the few system calls whose names or
// meanings differ between Linux and Darwin. Everything here is a leaf without allocation, and without state but for
// the numbers of threads.
#pragma once

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli) of `count` bytes, continuing from `crc` (0 to begin).
// Uses SSE 4.2 or the Arm CRC instructions where the machine has them, and a table otherwise.
uint32_t platform_crc32c(uint32_t crc, const void *bytes, size_t count);

// The same checksum from the table alone, so that a test can hold one against the other.
uint32_t platform_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

// The running state (before its final inversion) of a CRC-32 with the polynomial of zlib, moved over `count` bytes, which are at
// least 64 and a multiple of 16: others trap. Only where `platform_folds_crc32` says that the machine can.
uint32_t platform_fold_crc32(uint32_t state, const void *bytes, size_t count);
int platform_folds_crc32(void);

// Forces a file's bytes, and the size needed to read them back, onto the device.
// fdatasync on Linux; F_FULLFSYNC on Darwin, where fsync stops at the drive's own cache.
// Returns 0 or an errno.
int platform_sync_data(int descriptor);

// Begins to write those bytes of the file to the device, without waiting for them, where the
// system can be asked to. Advice.
void platform_start_writing(int descriptor, int64_t offset, int64_t count);

// Reserves `count` bytes from the beginning of the file without changing what it holds.
// Returns 0 or an errno; a file system that can't reserve answers 0, since it is advice.
int platform_preallocate(int descriptor, int64_t count);

// Takes an exclusive lock on a file without waiting. The lock is the open file's, not the
// process's, so that a second opening in the same process is refused as well.
// Returns 0 or an errno (EWOULDBLOCK when someone else holds it).
int platform_lock_exclusive(int descriptor);

// Nanoseconds since an arbitrary moment; never goes back.
uint64_t platform_monotonic_nanoseconds(void);

// Takes a mutex (a pthread_mutex_t) unless it is held until `deadline`, in the nanoseconds of the monotonic clock.
// Where the C library can wait only by the time of day, somebody who sets that back meanwhile makes the wait longer by as
// much; where it can't wait at all, the mutex is tried every 50 microseconds. Returns 0 if it was taken.
int platform_lock_mutex(void *mutex, uint64_t deadline);

// Asks for the cache line at `address`, which may be any address at all.
static inline void platform_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// How many threads at a time have a number to themselves.
enum { platform_thread_slots = 64 };

// 1 + this thread's number; 0 until it is asked for. Where the linker can, it is at an offset that is known when the program
// starts: to ask for its address would be a call for each number that is counted.
#ifdef __ELF__
__attribute__((tls_model("initial-exec")))
#endif
extern _Thread_local int platform_own_thread_slot;
int platform_take_thread_slot(void);

// A number from 0 on that no other living thread has, or `platform_thread_slots` for all that come when those have gone. A
// thread keeps its number until it ends; what it wrote is seen by the one that has the number next.
static inline int platform_thread_slot(void) {
  int slot = platform_own_thread_slot;
  return __builtin_expect(slot != 0, 1) ? slot - 1 : platform_take_thread_slot();
}

#include "CPlatform.h"

#include <pthread.h>
#include <string.h>

// The portable form takes a byte a turn from a table that is made once.
static uint32_t table[256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void make_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
    table[byte] = crc;
  }
}

uint32_t platform_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
  pthread_once(&table_once, make_table);
  const uint8_t *next = bytes;
  crc = ~crc;
  while (count--) crc = (crc >> 8) ^ table[(crc ^ *next++) & 0xff];
  return ~crc;
}

#if defined(__x86_64__)

#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_hardware(
    uint32_t crc, const uint8_t *next, size_t count) {
  uint64_t state = ~crc;
  for (; count >= 8; count -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    state = _mm_crc32_u64(state, word);
  }
  uint32_t narrow = (uint32_t)state;
  for (; count > 0; count--, next++) narrow = _mm_crc32_u8(narrow, *next);
  return ~narrow;
}

uint32_t platform_crc32c(uint32_t crc, const void *bytes, size_t count) {
  if (__builtin_cpu_supports("sse4.2")) return crc32c_hardware(crc, bytes, count);
  return platform_crc32c_portable(crc, bytes, count);
}

#elif defined(__aarch64__)

#include <arm_acle.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

__attribute__((target("crc"))) static uint32_t crc32c_hardware(
    uint32_t crc, const uint8_t *next, size_t count) {
  crc = ~crc;
  for (; count >= 8; count -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    crc = __crc32cd(crc, word);
  }
  for (; count > 0; count--, next++) crc = __crc32cb(crc, *next);
  return ~crc;
}

uint32_t platform_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__linux__)
  const unsigned long crc_capability = 1ul << 7;  // HWCAP_CRC32
  if (!(getauxval(AT_HWCAP) & crc_capability)) return platform_crc32c_portable(crc, bytes, count);
#endif
  return crc32c_hardware(crc, bytes, count);
}

#else

uint32_t platform_crc32c(uint32_t crc, const void *bytes, size_t count) {
  return platform_crc32c_portable(crc, bytes, count);
}

#endif

#include "CPlatform.h"
#include "Processor.h"

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
#include <wmmintrin.h>

__attribute__((target("sse4.2"))) static uint64_t word_step(uint64_t state, const uint8_t *next) {
  uint64_t word;
  memcpy(&word, next, 8);
  return _mm_crc32_u64(state, word);
}

__attribute__((target("sse4.2"))) static uint32_t crc32c_hardware(
    uint32_t crc, const uint8_t *next, size_t count) {
  uint64_t state = ~crc;
  for (; count >= 8; count -= 8, next += 8) state = word_step(state, next);
  uint32_t narrow = (uint32_t)state;
  for (; count > 0; count--, next++) narrow = _mm_crc32_u8(narrow, *next);
  return ~narrow;
}

// The instruction takes eight bytes and can begin anew every cycle, but has its result only after three. So a
// block is read as three lanes side by side, whose states are then joined: half the time from 2 KiB on.
enum { lane_bytes = 512 };

// x^(8 n - 33) modulo the polynomial, bits reflected, for n = lane_bytes and 2 * lane_bytes: a state times this
// has moved n bytes ahead. (33: a reflected product stands one bit low, and the instruction that reduces it
// adds 32.)
static const uint32_t one_lane_ahead = 0xdd7e3b0c;
static const uint32_t two_lanes_ahead = 0x170076fa;

__attribute__((target("sse4.2,pclmul"))) static uint64_t move_ahead(uint64_t state, uint32_t factor) {
  __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)state), _mm_cvtsi32_si128((int)factor), 0);
  return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t crc32c_lanes(
    uint32_t crc, const uint8_t *next, size_t count) {
  uint64_t first = (uint32_t)~crc;
  for (; count >= 3 * lane_bytes; count -= 3 * lane_bytes, next += 3 * lane_bytes) {
    uint64_t second = 0, third = 0;
    for (size_t at = 0; at < lane_bytes; at += 8) {
      first = word_step(first, next + at);
      second = word_step(second, next + lane_bytes + at);
      third = word_step(third, next + 2 * lane_bytes + at);
    }
    first = move_ahead(first, two_lanes_ahead) ^ move_ahead(second, one_lane_ahead) ^ third;
  }
  return crc32c_hardware(~(uint32_t)first, next, count);
}

uint32_t platform_crc32c(uint32_t crc, const void *bytes, size_t count) {
  if (!__builtin_cpu_supports("sse4.2")) return platform_crc32c_portable(crc, bytes, count);
  if (count >= 3 * lane_bytes && __builtin_cpu_supports("pclmul")) return crc32c_lanes(crc, bytes, count);
  return crc32c_hardware(crc, bytes, count);
}

#elif defined(__aarch64__)

#include <arm_acle.h>

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
  if (!has_crc_instructions()) return platform_crc32c_portable(crc, bytes, count);
  return crc32c_hardware(crc, bytes, count);
}

#else

uint32_t platform_crc32c(uint32_t crc, const void *bytes, size_t count) {
  return platform_crc32c_portable(crc, bytes, count);
}

#endif

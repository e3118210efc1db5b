#include "CPlatform.h"
#include "Processor.h"

// CRC-32 with the polynomial of zlib and Ethernet, by folding: carry-less multiplication moves 64 bytes of state ahead by 64 bytes a
// turn, and a last reduction leaves 32 bits. Method and constants: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using
// PCLMULQDQ Instruction", Intel, 2009. On Arm an instruction computes this very polynomial.

// Fewer bytes than are read at once, or some left over, would be read from beyond the buffer or missing from the sum.
static inline void check_count(size_t count) {
  if (count < 64 || count & 15) __builtin_trap();
}

#if defined(__x86_64__)

#include <emmintrin.h>
#include <smmintrin.h>
#include <wmmintrin.h>

int platform_folds_crc32(void) {
  return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}

// The accumulator moved ahead by the distance of `keys`, and what is found there.
__attribute__((target("sse4.1,pclmul"))) static inline __m128i fold(
    __m128i state, __m128i keys, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(state, keys, 0x00);
  __m128i high = _mm_clmulepi64_si128(state, keys, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

__attribute__((target("sse4.1,pclmul"))) static inline __m128i load(const uint8_t *bytes) {
  return _mm_loadu_si128((const __m128i *)bytes);
}

__attribute__((target("sse4.1,pclmul"))) uint32_t platform_fold_crc32(
    uint32_t state, const void *bytes, size_t count) {
  check_count(count);
  const __m128i by_64 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
  const __m128i by_16 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
  const __m128i by_8 = _mm_set_epi64x(0, 0x0163cd6124);
  const __m128i polynomial = _mm_set_epi64x(0x01f7011641, 0x01db710641);
  const __m128i words = _mm_setr_epi32(~0, 0, ~0, 0);
  const uint8_t *next = bytes;

  __m128i first = _mm_xor_si128(load(next), _mm_cvtsi32_si128((int)state));
  __m128i second = load(next + 16), third = load(next + 32), fourth = load(next + 48);
  for (next += 64, count -= 64; count >= 64; next += 64, count -= 64) {
    first = fold(first, by_64, load(next));
    second = fold(second, by_64, load(next + 16));
    third = fold(third, by_64, load(next + 32));
    fourth = fold(fourth, by_64, load(next + 48));
  }
  first = fold(first, by_16, second);
  first = fold(first, by_16, third);
  first = fold(first, by_16, fourth);
  for (; count >= 16; next += 16, count -= 16) first = fold(first, by_16, load(next));

  // 128 bits to 64.
  first = _mm_xor_si128(_mm_srli_si128(first, 8), _mm_clmulepi64_si128(first, by_16, 0x10));
  first = _mm_xor_si128(
      _mm_srli_si128(first, 4), _mm_clmulepi64_si128(_mm_and_si128(first, words), by_8, 0x00));
  // 64 bits to 32, by Barrett's method.
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(first, words), polynomial, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, words), polynomial, 0x00);
  return (uint32_t)_mm_extract_epi32(_mm_xor_si128(first, quotient), 1);
}

#elif defined(__aarch64__)

#include <arm_acle.h>
#include <string.h>

int platform_folds_crc32(void) { return has_crc_instructions(); }

__attribute__((target("crc"))) uint32_t platform_fold_crc32(uint32_t state, const void *bytes, size_t count) {
  check_count(count);
  const uint8_t *next = bytes;
  for (; count >= 8; count -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    state = __crc32d(state, word);
  }
  return state;
}

#else

int platform_folds_crc32(void) { return 0; }

uint32_t platform_fold_crc32(uint32_t state, const void *bytes, size_t count) {
  // There is nothing here that could: a caller who has not asked must not go on with a sum that is none.
  (void)state;
  (void)bytes;
  check_count(count);
  __builtin_trap();
}

#endif

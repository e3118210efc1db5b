// What the processor can do beyond what every one of its kind can.
#pragma once

#if defined(__aarch64__)

#if defined(__linux__)
#include <sys/auxv.h>
#endif

// Whether there are the instructions for CRC-32 and CRC-32C, which Arm leaves to choice before version 8.1.
static inline int has_crc_instructions(void) {
#if defined(__linux__)
  const unsigned long crc_capability = 1ul << 7;  // HWCAP_CRC32
  return (getauxval(AT_HWCAP) & crc_capability) != 0;
#else
  return 1;
#endif
}

#endif

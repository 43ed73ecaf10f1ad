/*
 * ticks.h: the processor's own clock, for what is too short for clock_gettime. What stands between the two calls has all its
 * loads and stores done and nothing of its surroundings mixed in. x86-64 only, as the kernel's library is.
 */
#ifndef TICKS_H
#define TICKS_H

#include <stdint.h>

static inline uint64_t ticks_begin(void) {
  __builtin_ia32_mfence();
  __builtin_ia32_lfence();
  uint64_t ticks = __builtin_ia32_rdtsc();
  __builtin_ia32_lfence();
  return ticks;
}

static inline uint64_t ticks_end(void) {
  unsigned int processor;
  uint64_t ticks = __builtin_ia32_rdtscp(&processor);
  __builtin_ia32_lfence();
  return ticks;
}

#endif

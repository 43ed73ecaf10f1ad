/* Processors and pages, by Linux's own calls. */
#define _GNU_SOURCE
#include "machine.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

enum { HUGE_PAGE = 2 << 20 };

static cpu_set_t allowed;

__attribute__((constructor)) static void remember(void) { sched_getaffinity(0, sizeof allowed, &allowed); }

int machine_pin(int index) {
  int count = CPU_COUNT(&allowed);
  if (count == 0) return -1;
  int wanted = index % count;
  for (int processor = 0; processor < CPU_SETSIZE; processor += 1) {
    if (!CPU_ISSET(processor, &allowed) || wanted-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    return sched_setaffinity(0, sizeof one, &one);
  }
  return -1;
}

void machine_unpin(void) { sched_setaffinity(0, sizeof allowed, &allowed); }

static uint64_t rounded(uint64_t byte_count) { return (byte_count + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE + HUGE_PAGE; }

/* One page more than is asked for, so that a multiple of the page's size lies inside; what is left over is given back. */
void *machine_map(uint64_t byte_count) {
  uint64_t size = rounded(byte_count);
  char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) abort();
  uint64_t before = (HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE) % HUGE_PAGE;
  if (before > 0) munmap(memory, before);
  munmap(memory + before + size - HUGE_PAGE, HUGE_PAGE - before);
  madvise(memory + before, size - HUGE_PAGE, MADV_HUGEPAGE);
  return memory + before;
}

void machine_unmap(void *memory, uint64_t byte_count) { munmap(memory, rounded(byte_count) - HUGE_PAGE); }

machine_thread machine_of_thread(void) {
  struct rusage usage;
  struct timespec own;
  if (getrusage(RUSAGE_THREAD, &usage) != 0 || clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own) != 0) abort();
  return (machine_thread){usage.ru_nivcsw, usage.ru_nvcsw, own.tv_sec * INT64_C(1000000000) + own.tv_nsec};
}

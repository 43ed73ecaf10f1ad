/*
 * machine.h: what the benchmarks ask of the system that Swift has no words for: a processor for a thread, and memory in
 * huge pages, which bundles and the floor's tables get alike, so that no difference is the page size's.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

/* Binds the calling thread to the processor that is the `index`th of those allowed, modulo their number; 0 where it did. */
int machine_pin(int index);

/* Gives the calling thread all processors back that were allowed when the program began to pin. */
void machine_unpin(void);

/* Zeroed memory at a multiple of 2 MiB, in huge pages where the system has them; ends the program where there is none. */
void *machine_map(uint64_t byte_count);
void machine_unmap(void *memory, uint64_t byte_count);

/* What the system says of the calling thread so far. */
typedef struct {
  int64_t preemptions;           /* how often it was stopped in favour of another */
  int64_t waits;                 /* how often it gave its processor up itself: for a lock, a page of a file */
  int64_t processor_nanoseconds; /* how long it ran, its calls and page faults included; not while a hypervisor had stopped its processor */
} machine_thread;

machine_thread machine_of_thread(void);

#endif

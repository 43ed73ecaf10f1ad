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

/* How often the calling thread was stopped in favour of another. */
int64_t machine_preemptions(void);

#endif

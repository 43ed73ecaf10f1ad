/* What the kernel asks of the processor and Swift has no word for. Not a part of the contract: it is not installed. */
#ifndef POSTERN_PREFETCH_H
#define POSTERN_PREFETCH_H

/* Asks for the cache line at `address`, which may be any: a prefetch never faults. */
static inline void postern_prefetch(const void *address) { __builtin_prefetch(address); }

#endif

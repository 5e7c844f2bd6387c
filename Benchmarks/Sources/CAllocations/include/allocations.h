#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdint.h>

/// How often the program asked for memory since it began.
uint64_t allocations_count(void);
/// How many bytes it holds, as the allocator rounds them.
int64_t allocations_live_bytes(void);

#endif

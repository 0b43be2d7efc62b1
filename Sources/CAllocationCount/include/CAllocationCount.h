// Counts what the program takes from the heap, thread by thread, so that a decode step can be kept free of it.
#pragma once
#include <stdint.h>

// Calls of malloc, calloc and realloc that this thread has made so far; 0 for ever under a sanitizer.
uint64_t kalsae_allocation_count(void);

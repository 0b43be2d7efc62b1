#include "CAllocationCount.h"

#include <stddef.h>

static _Thread_local uint64_t allocation_count;

uint64_t kalsae_allocation_count(void) { return allocation_count; }

// A program may define these in place of glibc's, which stay reachable by another name. Sanitizers do the same.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void *__libc_malloc(size_t byte_count);
void *__libc_calloc(size_t count, size_t byte_count);
void *__libc_realloc(void *address, size_t byte_count);

void *malloc(size_t byte_count) {
  allocation_count++;
  return __libc_malloc(byte_count);
}

void *calloc(size_t count, size_t byte_count) {
  allocation_count++;
  return __libc_calloc(count, byte_count);
}

void *realloc(void *address, size_t byte_count) {
  allocation_count++;
  return __libc_realloc(address, byte_count);
}

#endif

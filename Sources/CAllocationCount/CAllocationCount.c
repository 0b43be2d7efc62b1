#define _GNU_SOURCE
#include "CAllocationCount.h"

#include <dlfcn.h>
#include <stdalign.h>
#include <stddef.h>

static _Thread_local uint64_t allocation_count;

uint64_t kalsae_allocation_count(void) { return allocation_count; }

// A program may define these in place of the library's; the next definition, glibc's or that of a preloaded allocator,
// does the work, so that it also gets back what `free` is given. Sanitizers do the same, so they are left alone.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);

// dlsym itself may allocate before the next functions are known; what it takes from here is never given back.
static _Thread_local int is_resolving;
static alignas(16) unsigned char early_bytes[4096];
static size_t early_byte_count;

static void *early_allocation(size_t byte_count) {
  size_t start = __atomic_fetch_add(&early_byte_count, (byte_count + 15) / 16 * 16, __ATOMIC_RELAXED);
  return start + byte_count <= sizeof early_bytes ? early_bytes + start : NULL;
}

static void resolve(void) {
  is_resolving = 1;
  next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  next_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
  next_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
  is_resolving = 0;
}

void *malloc(size_t byte_count) {
  allocation_count++;
  if (is_resolving) return early_allocation(byte_count);
  if (!next_calloc) resolve();
  return next_malloc(byte_count);
}

void *calloc(size_t count, size_t byte_count) {
  allocation_count++;
  if (is_resolving) return early_allocation(count * byte_count);
  if (!next_calloc) resolve();
  return next_calloc(count, byte_count);
}

void *realloc(void *address, size_t byte_count) {
  allocation_count++;
  if (is_resolving) return early_allocation(byte_count);
  if (!next_calloc) resolve();
  return next_realloc(address, byte_count);
}

#endif

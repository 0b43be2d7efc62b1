#pragma once
#include <sys/prctl.h>

// Names the calling thread for debuggers (15 bytes at most); Foundation does it too early, before the thread exists.
static inline void kalsae_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

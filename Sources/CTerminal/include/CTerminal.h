#ifndef KALSAE_TERMINAL_H
#define KALSAE_TERMINAL_H

#include <stdbool.h>

/// Remembers the mode of a terminal and reads keys one by one from then on, without echo.
///
/// With `keeps_interrupt` Ctrl-C still sends SIGINT. The mode is restored at exit at the latest.
/// False where `descriptor` is no terminal.
bool kalsae_terminal_enter(int descriptor, bool keeps_interrupt);

/// Restores the mode that `kalsae_terminal_enter` found; nothing happens where it was not called.
void kalsae_terminal_leave(void);

/// Columns of the terminal, or 0 where they are unknown.
int kalsae_terminal_columns(int descriptor);

#endif

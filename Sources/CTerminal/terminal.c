#include "CTerminal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

static struct termios original;
static volatile sig_atomic_t entered_descriptor = -1;

void kalsae_terminal_leave(void) {
  int descriptor = entered_descriptor;
  if (descriptor < 0) return;
  entered_descriptor = -1;
  tcsetattr(descriptor, TCSADRAIN, &original);
}

// tcsetattr, signal and raise may all be called from a signal handler.
static void leave_and_die(int number) {
  kalsae_terminal_leave();
  signal(number, SIG_DFL);
  raise(number);
}

bool kalsae_terminal_enter(int descriptor, bool keeps_interrupt) {
  static bool leaves_at_exit = false;
  if (entered_descriptor < 0) {
    if (tcgetattr(descriptor, &original) != 0) return false;
    if (!leaves_at_exit) {
      leaves_at_exit = atexit(kalsae_terminal_leave) == 0;
      signal(SIGTERM, leave_and_die);
      signal(SIGHUP, leave_and_die);
    }
  }
  struct termios mode = original;
  mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
  mode.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | ISTRIP);
  if (!keeps_interrupt) mode.c_lflag &= ~(tcflag_t)ISIG;
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  if (tcsetattr(descriptor, TCSADRAIN, &mode) != 0) return false;
  entered_descriptor = descriptor;
  return true;
}

int kalsae_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

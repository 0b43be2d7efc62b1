#include "CTerminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

static struct termios original;
static int entered_descriptor = -1;

void kalsae_terminal_leave(void) {
  if (entered_descriptor < 0) return;
  tcsetattr(entered_descriptor, TCSADRAIN, &original);
  entered_descriptor = -1;
}

bool kalsae_terminal_enter(int descriptor, bool keeps_interrupt) {
  static bool leaves_at_exit = false;
  if (entered_descriptor < 0) {
    if (tcgetattr(descriptor, &original) != 0) return false;
    if (!leaves_at_exit) leaves_at_exit = atexit(kalsae_terminal_leave) == 0;
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

/* The program that the tests put under supd: tells who it is and which signals come.
     witness COUNT         "ready PID PPID PGID SID", then "signal N" for each of COUNT signals, then ends with 0
     witness COUNT pair    the same, and a child in its group that tells "other N" for each
     witness COUNT late    the same, and at the first of them leaves behind a process that tells "late N" of one */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char* what, int count) {
  unsigned long every = ~0UL;
  char line[64];
  while (count > 0) {
    long signal = syscall(SYS_rt_sigtimedwait, &every, NULL, NULL, 8);
    if (signal <= 0 || signal == SIGCHLD) continue;
    int length = snprintf(line, sizeof line, "%s %ld\n", what, signal);
    if (write(1, line, (size_t)length) != length) exit(1);
    --count;
  }
}

/* Its parent ends at once, and is nobody's child but ours. */
static void leave_one_behind(void) {
  if (fork() != 0) return;
  if (fork() == 0) tell("late", 1);
  _exit(0);
}

int main(int argc, char** argv) {
  unsigned long every = ~0UL;
  int count = argc > 1 ? atoi(argv[1]) : 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &every, NULL, 8);
  if (argc > 2 && strcmp(argv[2], "pair") == 0 && fork() == 0) {
    tell("other", count);
    return 0;
  }
  printf("ready %d %d %d %d\n", getpid(), getppid(), getpgrp(), getsid(0));
  fflush(stdout);
  if (argc > 2 && strcmp(argv[2], "late") == 0) {
    tell("signal", 1);
    leave_one_behind();
    --count;
  }
  tell("signal", count);
  return 0;
}

/* Families of processes for the tests of process trees. Writes R to stdout when all of it is up.

   family escape    ignores SIGTERM; has a child, a child in a session of its own, and a daemon that
                    double-forked, called setsid and closed its files. Everyone waits to be killed.
   family bomb N    N processes that ignore SIGTERM and replace each child that dies, at once.
   family hop N     N processes that fork and exit, fork and exit, in the leader's group.
   Bombs end by themselves after a number of forks, so that a test that fails does no harm. */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int most_forks = 20000;

struct shared {
  atomic_int up;
  atomic_int forks;
};

static struct shared* shared;

static void wait_to_be_killed(void) {
  atomic_fetch_add(&shared->up, 1);
  for (;;) pause();
}

static void report_when_up(int count) {
  struct timespec tick = {0, 1000000};
  while (atomic_load(&shared->up) < count) nanosleep(&tick, NULL);
  if (write(1, "R", 1) != 1) _exit(1);
}

static void escape(void) {
  signal(SIGTERM, SIG_IGN);
  if (fork() == 0) wait_to_be_killed();
  if (fork() == 0) {
    setsid();
    wait_to_be_killed();
  }
  pid_t between = fork();
  if (between == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
    wait_to_be_killed();
  }
  siginfo_t end;
  waitid(P_PID, (id_t)between, &end, WEXITED | WNOWAIT); /* it may be slower than its daemon; it stays a zombie */
  report_when_up(3);
  wait_to_be_killed();
}

static int may_fork(void) { return atomic_fetch_add(&shared->forks, 1) < most_forks; }

static void keep_a_child(void) {
  atomic_fetch_add(&shared->up, 1);
  while (may_fork()) {
    pid_t child = fork();
    if (child == 0)
      for (;;) pause();
    waitpid(child, NULL, 0);
  }
}

static void bomb(int count) {
  signal(SIGTERM, SIG_IGN);
  for (int i = 0; i < count; ++i) {
    if (fork() == 0) {
      keep_a_child();
      _exit(0);
    }
  }
  report_when_up(count);
  for (;;) pause();
}

static void hop(int count) {
  for (int i = 0; i < count; ++i) {
    if (fork() != 0) continue;
    atomic_fetch_add(&shared->up, 1);
    while (may_fork()) {
      if (fork() != 0) _exit(0);
    }
    _exit(0);
  }
  report_when_up(count);
  for (;;) pause();
}

int main(int argc, char** argv) {
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED || argc < 2) return 1;
  int count = argc > 2 ? atoi(argv[2]) : 0;
  if (strcmp(argv[1], "escape") == 0) escape();
  if (strcmp(argv[1], "bomb") == 0) bomb(count);
  if (strcmp(argv[1], "hop") == 0) hop(count);
  return 1;
}

/* The least shell with job control: a session leader that runs one job in the foreground of its terminal.
     job_shell PROGRAM ARGUMENT...
   Tells fd 3 "stopped N" when the job stops, "exited N" or "killed N" when it ends. A byte from fd 4 puts a
   stopped job into the foreground and lets it go on. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void foreground(pid_t group) {
  if (tcsetpgrp(0, group) != 0) exit(100);
}

int main(int argc, char** argv) {
  int status;
  char byte;
  pid_t job;
  if (argc < 2) return 2;
  signal(SIGTTOU, SIG_IGN);
  signal(SIGTSTP, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  job = fork();
  if (job == 0) {
    setpgid(0, 0);
    foreground(getpid());
    signal(SIGTTOU, SIG_DFL);
    signal(SIGTSTP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    close(3);
    close(4);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  setpgid(job, job);
  for (;;) {
    if (waitpid(job, &status, WUNTRACED) < 0) return 1;
    foreground(getpgrp());
    if (!WIFSTOPPED(status)) break;
    dprintf(3, "stopped %d\n", WSTOPSIG(status));
    if (read(4, &byte, 1) != 1) {
      kill(-job, SIGKILL);
      return 1;
    }
    foreground(job);
    kill(-job, SIGCONT);
  }
  if (WIFEXITED(status)) dprintf(3, "exited %d\n", WEXITSTATUS(status));
  if (WIFSIGNALED(status)) dprintf(3, "killed %d\n", WTERMSIG(status));
  return 0;
}

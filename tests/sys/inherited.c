/* Prints what it was given by whoever started it, one JSON object per line:
   {"fact":"fd","name":"0","value":"/dev/null"}. Used to assert that services start clean.
   "inherited exit N" and "inherited wait" (writes R, then waits for the end of stdin) are small services. */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char** environ;

static void quoted(const char* text) {
  putchar('"');
  for (; *text != '\0'; ++text) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      printf("\\%c", c);
    else if (c < 32)
      printf("\\u%04x", c);
    else
      putchar(c);
  }
  putchar('"');
}

static void fact(const char* kind, const char* name, const char* value) {
  printf("{\"fact\":");
  quoted(kind);
  printf(",\"name\":");
  quoted(name);
  printf(",\"value\":");
  quoted(value);
  printf("}\n");
}

static void number(const char* kind, const char* name, long long value) {
  char text[32];
  snprintf(text, sizeof text, "%lld", value);
  fact(kind, name, text);
}

static void print_fds(void) {
  for (int fd = 0; fd < 20000; ++fd) {
    char name[64], target[512];
    struct stat info;
    if (fstat(fd, &info) != 0) continue;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, target, sizeof target - 1);
    target[length < 0 ? 0 : length] = '\0';
    snprintf(name, sizeof name, "%d", fd);
    fact("fd", name, target);
  }
}

static void print_signals(void) {
  unsigned long mask = 0;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8);
  for (int signal = 1; signal <= 64; ++signal) {
    unsigned long action[8] = {0};
    syscall(SYS_rt_sigaction, signal, NULL, action, 8);
    if ((mask >> (signal - 1)) & 1) number("blocked", "signal", signal);
    if (action[0] == 1) number("ignored", "signal", signal);
    if (action[0] > 1) number("handled", "signal", signal);
  }
}

static void print_limits(void) {
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    struct rlimit limit;
    char name[16], value[64];
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0) continue;
    snprintf(name, sizeof name, "%d", resource);
    snprintf(value, sizeof value, "%llu:%llu", (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    fact("limit", name, value);
  }
  errno = 0;
  number("id", "nice", getpriority(PRIO_PROCESS, 0));
}

static void print_ids(void) {
  uid_t r, e, s;
  gid_t groups[64];
  getresuid(&r, &e, &s);
  number("id", "uid", r), number("id", "euid", e), number("id", "suid", s);
  getresgid(&r, &e, &s);
  number("id", "gid", r), number("id", "egid", e), number("id", "sgid", s);
  int count = getgroups(64, groups);
  for (int i = 0; i < count; ++i) number("group", "gid", groups[i]);
  number("id", "pid", getpid()), number("id", "ppid", getppid());
  number("id", "pgid", getpgid(0)), number("id", "sid", getsid(0));
  mode_t mask = umask(0);
  umask(mask);
  number("id", "umask", mask);
}

static void print_places(void) {
  char text[4096];
  fact("place", "cwd", getcwd(text, sizeof text) != NULL ? text : "");
  FILE* file = fopen("/proc/self/cgroup", "r");
  while (file != NULL && fgets(text, sizeof text, file) != NULL) {
    text[strcspn(text, "\n")] = '\0';
    if (strncmp(text, "0::", 3) == 0) fact("place", "cgroup", text + 3);
  }
  if (file != NULL) fclose(file);
}

int main(int argc, char** argv) {
  if (argc == 3 && strcmp(argv[1], "exit") == 0) return atoi(argv[2]);
  if (argc == 2 && strcmp(argv[1], "wait") == 0) {
    char byte;
    if (write(1, "R", 1) != 1) return 1;
    while (read(0, &byte, 1) > 0) {
    }
    return 0;
  }
  print_fds();
  print_signals();
  print_limits();
  print_ids();
  print_places();
  for (int i = 0; i < argc; ++i) number("argument", argv[i], i);
  for (char** at = environ; *at != NULL; ++at) {
    char* equals = strchr(*at, '=');
    if (equals == NULL) continue;
    *equals = '\0';
    fact("env", *at, equals + 1);
  }
  return 0;
}

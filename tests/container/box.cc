// Runs a command as PID 1 of something like a container:
//
//   box [--uid N] [--read-only] [--no-proc] [--no-run] [--no-caps] [--docker] [--no-pidfd] [--terminal] -- COMMAND...
//
// --read-only: nothing at all is writable; --no-proc, --no-run: empty directories in their place; --no-caps: not one
// capability, and no way to get one; --docker: the system calls that the default profile of Docker refuses are refused;
// --no-pidfd: and pidfd_open, as by older ones; --terminal: it leads a session that stdin, a terminal, controls. Else:
// the machine's own files, with a /run and a /dev/shm of its own. Exits as the command does, or with 128 + signal; 125
// when the box can't be made.

#include <linux/mount.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <grp.h>

#include "tests/container/docker_profile.hpp"

namespace {

struct Box {
  unsigned uid = 0;
  bool read_only = false, no_proc = false, no_run = false, no_caps = false, docker = false, no_pidfd = false,
       terminal = false;
};

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::_Exit(125);
}

void require(int result, const char* what) {
  if (result < 0) give_up(what);
}

void cover(const char* path, const char* options) {
  // Read-only comes by the mount, so that nobody can write there later either.
  require(::mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV, options), path);
}

void make_files(const Box& box) {
  require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount private");
  cover("/dev/shm", "mode=1777");
  cover("/run", box.no_run ? "mode=0555" : "mode=0777");
  if (box.no_proc) {
    cover("/proc", "mode=0555");
  } else {
    require(::mount("proc", "/proc", "proc", 0, nullptr), "mount /proc");
  }
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  auto freeze = [&](const char* path, unsigned flags) {
    require(static_cast<int>(::syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &attributes, sizeof attributes)),
            path);
  };
  if (box.no_run) freeze("/run", 0);
  if (box.read_only) freeze("/", AT_RECURSIVE);
}

/// While we still may.
void bound_capabilities() {
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    require(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "PR_CAPBSET_DROP");
  }
}

void drop_capabilities() {
  struct Header {
    unsigned version = 0x20080522;  // _LINUX_CAPABILITY_VERSION_3
    int pid = 0;
  } header;
  unsigned none[6]{};
  require(static_cast<int>(::syscall(SYS_capset, &header, none)), "capset");
  require(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
}

[[noreturn]] void inside(const Box& box, char** command) {
  make_files(box);
  if (box.terminal) {
    ::setsid();
    require(::ioctl(STDIN_FILENO, TIOCSCTTY, 1), "TIOCSCTTY");
  }
  if (box.no_caps) bound_capabilities();
  if (box.uid != 0) {
    require(::setgroups(0, nullptr), "setgroups");
    require(::setresgid(box.uid, box.uid, box.uid), "setresgid");
    require(::setresuid(box.uid, box.uid, box.uid), "setresuid");
  }
  if (box.no_caps) drop_capabilities();
  if (box.docker && !supd::container::apply_docker_profile()) give_up("seccomp");
  if (box.no_pidfd && !supd::container::refuse_pidfd_open()) give_up("seccomp");
  ::execvp(command[0], command);
  give_up(command[0]);
}

int exit_code_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

char** parse(char** argv, Box& box) {
  for (; *argv != nullptr; ++argv) {
    std::string_view word(*argv);
    if (word == "--") return argv + 1;
    if (word == "--uid" && argv[1] != nullptr) box.uid = static_cast<unsigned>(std::atoi(*++argv));
    if (word == "--read-only") box.read_only = true;
    if (word == "--no-proc") box.no_proc = true;
    if (word == "--no-run") box.no_run = true;
    if (word == "--no-caps") box.no_caps = true;
    if (word == "--docker") box.docker = true;
    if (word == "--no-pidfd") box.no_pidfd = true;
    if (word == "--terminal") box.terminal = true;
  }
  return argv;
}

}  // namespace

int main(int argc, char** argv) {
  Box box;
  char** command = parse(argv + 1, box);
  if (argc < 2 || *command == nullptr) {
    std::fputs("usage: box [OPTION...] -- COMMAND...\n", stderr);
    return 125;
  }
  require(::unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS), "unshare");
  pid_t child = ::fork();
  if (child < 0) give_up("fork");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    inside(box, command);
  }
  // What it is told, the container is told.
  static pid_t told;
  told = child;
  for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT}) {
    std::signal(signal, [](int number) { ::kill(told, number); });
  }
  return exit_code_of(child);
}

// Runs a command on a poorer machine: `without CALL ERRNO [CALL ERRNO...] -- COMMAND...` answers system
// calls by number with an errno value from then on, as a container's seccomp profile does.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/io/refuse.hpp"

int main(int argc, char** argv) {
  int at = 1;
  for (; at + 1 < argc && std::strcmp(argv[at], "--") != 0; at += 2) {
    supd::io::test::Refusal refusal{std::atol(argv[at]), std::atoi(argv[at + 1]), ""};
    if (supd::io::test::refuse(refusal)) continue;
    std::perror("without: seccomp");
    return 126;
  }
  if (at + 1 >= argc) return 125;
  ::execvp(argv[at + 1], argv + at + 1);
  std::perror("without: exec");
  return 127;
}

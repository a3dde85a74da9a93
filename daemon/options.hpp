#pragma once

/// supd's command line.

#include <optional>
#include <string>
#include <vector>

#include "daemon/machine/boot_words.hpp"

namespace supd {

struct Options {
  std::vector<std::string> config;           ///< files and directories; empty: the search path
  std::string socket;                        ///< empty: from the configuration, or the default
  std::string engine;                        ///< "", "auto", "uring", "epoll"
  std::string log_level;                     ///< "", "debug", "info", "warn", "error"
  std::string log_dir;                       ///< empty: from the configuration, or the default
  std::string state_dir;                     ///< empty: from the configuration, or the default
  std::string output = "text";               ///< --check: "text", "json" or "sarif"; --explain: the first two
  int ready_fd = -1;                         ///< written to, and closed, once everything has been asked to start
  std::optional<machine::BootMode> machine;  ///< set by who runs as its init
  std::vector<std::string> words;            ///< --explain, --schema: what of
  bool trust_config = false;                 ///< read files that others may write
  std::vector<std::string> command;          ///< behind --: the main unit's
  std::vector<std::string> compress;         ///< supd's own child: task and file
  bool init = false;                         ///< as PID 1: the init of a machine
  bool check = false;
  bool explain = false;
  bool schema = false;
};

/// Parses argv. Prints help, the version or an error itself, and then returns the exit code; -1: go on.
[[nodiscard]] int parse_options(int argc, char** argv, Options& options);

/// Those of the supervising supd, by all their names.
[[nodiscard]] machine::KnownOptions known_options();

}  // namespace supd

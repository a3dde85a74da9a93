#pragma once

/// A program that a test starts and waits for, held by its pidfd.

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/exit_status.hpp"
#include "units/base/time.hpp"

namespace supd::integration {

/// How long a test waits for anything that has to come; longer under a sanitizer.
[[nodiscard]] Duration patience();

struct ProgramOptions {
  std::string output;                         ///< file for stdout and stderr (appended); "": /dev/null
  std::vector<std::pair<int, int>> fds;       ///< ours, theirs
  std::vector<std::string> environment = {};  ///< "NAME=VALUE", on top of ours
  bool own_group = true;                      ///< its own process group
};

class Program {
 public:
  /// Throws when it can't be started.
  Program(const std::vector<std::string>& argv, const ProgramOptions& options);
  ~Program();  ///< kills and reaps what still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  void signal_group(int number) const;  ///< the whole process group, as a terminal does for Ctrl-C
  /// Waits until it ended and leaves it as a zombie. False: it still runs.
  [[nodiscard]] bool ends(Duration longest) const;
  /// Waits until it ended and reaps it. Nothing: it still runs.
  [[nodiscard]] std::optional<ExitStatus> wait(Duration longest);

 private:
  pid_t pid_ = 0;
  sys::UniqueFd pidfd_;
  std::optional<ExitStatus> exit_;
};

/// Runs a program to its end: what it printed and how it ended.
struct Ran {
  ExitStatus exit;
  std::string output;
};
[[nodiscard]] Ran run(const std::vector<std::string>& argv, const std::vector<std::string>& environment = {});

/// This process adopts the orphans of the programs that it starts (prctl(2) PR_SET_CHILD_SUBREAPER).
void adopt_orphans();

/// Reaps every ended child; kills, reaps and names ("123 sleep") each one that is still alive.
[[nodiscard]] std::vector<std::string> sweep_children();

/// The pid's command name from /proc, or "" when there is no such process (a zombie counts as gone).
[[nodiscard]] std::string living(std::int64_t pid);

}  // namespace supd::integration

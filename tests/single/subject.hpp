#pragma once

/// A supd in one-program mode under test: how it is started, what it and its child print, how it ends.

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/sys/fd.hpp"

namespace supd::test {

struct How {
  bool init = false;      ///< PID 1 of a pid namespace of its own, with a /proc of its own
  bool terminal = false;  ///< stdin, stdout and stderr are a new terminal, whose session it leads
  std::vector<std::pair<std::string, std::string>> environment{};
  std::function<void()> before{};  ///< done by the process that becomes supd, last of all
  std::string program{};           ///< "": supd
};

/// Both ways of being started. Empty is the answer of skip_reason() where the way is open.
[[nodiscard]] std::string skip_reason(const How& how);

class Subject {
 public:
  explicit Subject(const std::vector<std::string>& arguments, const How& how = {});
  ~Subject();  ///< kills what still runs
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  void await_stop() const;  ///< until it was stopped; not for PID 1, which never is
  void type(std::string_view keys) const;
  /// The next line of output, whatever stream it came by; "(end)" behind the last one, "(nothing)" when none
  /// comes in time.
  std::string line();
  /// The next line that begins so; others are skipped.
  std::string line_with(std::string_view begin);
  /// Reads to the end, then "exited N" or "killed N".
  std::string end();

 private:
  void fork_and_exec(const std::vector<std::string>& arguments, const How& how);
  bool read_more();

  pid_t pid_ = 0;
  sys::UniqueFd output_;  ///< a pipe's or the terminal's
  std::string buffer_;
  bool reaped_ = false;
};

/// The pid from witness's "ready" line; parts 0 to 3: PID PPID PGID SID.
[[nodiscard]] int ready_part(const std::string& line, int part);

}  // namespace supd::test

#pragma once

/// Runs the real supctl and collects what it says.

#include <sys/types.h>

#include <string>
#include <vector>

#include "daemon/sys/fd.hpp"

namespace supd::ctl::test {

struct Ended {
  int code = -1;  ///< exit code; 128 + signal when one ended it
  std::string out, err;
};

/// How supctl is run: with these words, and with `environment` ("NAME=VALUE") alone.
struct Invocation {
  std::vector<std::string> words;
  std::vector<std::string> environment{"TERM=xterm", "TZ=UTC"};
  bool on_terminal = false;  ///< stdout is a pty of 80 x 24; else a pipe
};

/// A supctl that is under way.
class Program {
 public:
  explicit Program(const Invocation& invocation);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  /// Reads stdout until it holds `text` (true) or ends.
  bool read_until(const std::string& text);
  void send_signal(int signal) const;
  /// Closes our end of stdout, as a pager does that was quit.
  void stop_reading() { out_.reset(); }
  /// Reads the rest, waits for the end.
  [[nodiscard]] Ended finish();

 private:
  bool read_some(sys::UniqueFd& fd, std::string& text);
  pid_t pid_ = -1;
  sys::UniqueFd out_, err_;
  Ended ended_;
};

[[nodiscard]] Ended run_supctl(const Invocation& invocation);

}  // namespace supd::ctl::test

#pragma once

/// Helpers of the spawn tests: run the `inherited` program and read what it reports.

#include <unistd.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "daemon/sys/reap.hpp"
#include "daemon/sys/spawn.hpp"

namespace supd::test {

struct Pipe {
  sys::UniqueFd read_end, write_end;
};
[[nodiscard]] Pipe make_pipe();

/// Reads until the end of the stream.
[[nodiscard]] std::string read_all(sys::BorrowedFd fd);

/// Blocks until the child has ended, then reaps it.
[[nodiscard]] sys::Reaped wait_and_reap(pid_t pid);

/// What a program was given: fact → [(name, value)...].
class Facts {
 public:
  explicit Facts(std::string_view json_lines);
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all(const std::string& fact) const;
  /// The value of one fact; "(none)" when it was not reported.
  [[nodiscard]] std::string one(const std::string& fact, const std::string& name) const;

 private:
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> facts_;
};

/// The path of the helper program.
[[nodiscard]] const char* inherited_program();

/// Runs it with `request` (argv, envp and stdout are filled in when missing) and returns its report.
/// A spawn failure is a test failure.
[[nodiscard]] Facts facts_of(sys::SpawnRequest request);

/// A request for `argv` (kept alive by the caller) with an empty environment.
[[nodiscard]] sys::SpawnRequest request_for(const std::vector<const char*>& argv);

/// The helper, up and waiting for the end of its stdin. Ends it and reaps it in the destructor.
class Waiting {
 public:
  explicit Waiting(sys::SpawnRequest request = {});
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting();
  [[nodiscard]] pid_t pid() const { return child_.pid; }
  [[nodiscard]] sys::BorrowedFd pidfd() const { return child_.pidfd.borrow(); }
  void end() { input_.reset(); }
  /// Waits for the end, however it comes, and reaps.
  sys::Reaped reap();

 private:
  sys::Spawned child_;
  sys::UniqueFd input_;
};

/// Numbers of the fds that are open in this process.
[[nodiscard]] std::vector<int> open_fds();

}  // namespace supd::test

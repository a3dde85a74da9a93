#pragma once

/// The environment of a unit's processes (environ(7)), ready for execve(2).
///
/// Later wins: what supd itself was given (as far as the unit inherits it); HOME, USER, LOGNAME, SHELL
/// of the user that the unit runs as; the unit's own values; SUPD_UNIT and SUPD_RUN. What was said to
/// supd alone (NOTIFY_SOCKET, LISTEN_*, WATCHDOG_*) is never passed on.

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "units/base/ids.hpp"
#include "units/spec.hpp"

namespace supd::process {

/// The variable by which an orphan can be told to belong to a run, and its value: "web#7@1234", with
/// supd's own pid at the end so that a supd inside a service can't be taken for this one.
inline constexpr std::string_view run_variable = "SUPD_RUN";
[[nodiscard]] std::string run_marker(std::string_view unit, RunId run);

/// Cheap enough to be made for each run; kept, for_run() only writes the run's number into it. Not copyable: it holds
/// pointers into itself.
class Environment {
 public:
  /// `inherited` is NULL-terminated, as environ; it is not needed afterwards.
  Environment(std::string_view unit, const EnvironmentSpec& spec, const RunAsSpec& run_as,
              const char* const* inherited);
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  /// NULL-terminated; valid until the next call and as long as this lives.
  [[nodiscard]] const char* const* for_run(RunId run);

  /// The value of a variable; nothing when it is not set.
  [[nodiscard]] std::optional<std::string_view> value_of(std::string_view name) const;

  /// Where to look for commands: the unit's PATH, or a usual one when it has none.
  [[nodiscard]] const char* search_path() const { return search_path_; }

 private:
  void add(std::initializer_list<std::string_view> parts);
  void write_marker(std::string_view unit);
  void find_path();

  std::string block_;  ///< every "NAME=value\0", the run's marker last
  std::string marker_suffix_;
  std::size_t number_at_ = 0;  ///< where in `block_` the run's number is written
  std::vector<const char*> pointers_;
  const char* search_path_ = nullptr;
};

}  // namespace supd::process

#pragma once

/// The note that stands before the first record of each run, and wherever records of another run follow:
/// "run 3, pid 812". Only notes are markers, and a child can't write a note, so none can be forged.

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "units/base/ids.hpp"

namespace supd::log {

/// Where output comes from: one life of a unit, and its main process.
struct RunMark {
  RunId run;
  pid_t pid = 0;  ///< 0: not known
  bool operator==(const RunMark&) const = default;
};

void append_run_marker(std::string& out, RunId run, pid_t pid);

/// Empty for every text that append_run_marker() does not make.
[[nodiscard]] std::optional<RunMark> parse_run_marker(std::string_view text);

}  // namespace supd::log

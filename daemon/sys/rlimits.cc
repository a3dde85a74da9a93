#include "daemon/sys/rlimits.hpp"

#include <algorithm>

namespace supd::sys {
namespace {

std::optional<rlimit>& kept() {
  static std::optional<rlimit> limit;
  return limit;
}

/// With CAP_SYS_RESOURCE the hard limit is no limit either. What is enough for any number of units that
/// max_units allows; more than fs.nr_open is refused by the kernel and not tried again.
constexpr rlim_t privileged_limit = 262144;

}  // namespace

Result<void> raise_nofile_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return failed("getrlimit", "RLIMIT_NOFILE");
  rlimit beyond{std::max(limit.rlim_max, privileged_limit), std::max(limit.rlim_max, privileged_limit)};
  rlimit raised{limit.rlim_max, limit.rlim_max};
  bool done = ::setrlimit(RLIMIT_NOFILE, &beyond) == 0 || ::setrlimit(RLIMIT_NOFILE, &raised) == 0;
  if (!done) return failed("setrlimit", "RLIMIT_NOFILE");
  if (!kept()) kept() = limit;
  return {};
}

const std::optional<rlimit>& original_nofile_limit() { return kept(); }

}  // namespace supd::sys

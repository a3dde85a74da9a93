#include "daemon/sys/rlimits.hpp"

namespace supd::sys {
namespace {

std::optional<rlimit>& kept() {
  static std::optional<rlimit> limit;
  return limit;
}

}  // namespace

Result<void> raise_nofile_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return failed("getrlimit", "RLIMIT_NOFILE");
  if (limit.rlim_cur == limit.rlim_max) return {};
  rlimit raised{limit.rlim_max, limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) return failed("setrlimit", "RLIMIT_NOFILE");
  if (!kept()) kept() = limit;
  return {};
}

const std::optional<rlimit>& original_nofile_limit() { return kept(); }

}  // namespace supd::sys

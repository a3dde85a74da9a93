#include "daemon/sys/proc_self.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include "daemon/sys/directory.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::sys {
namespace {

constexpr std::size_t max_text = 64 * 1024;

/// "Pss:        1234 kB" in bytes.
std::optional<std::uint64_t> kilobytes_after(std::string_view text, std::string_view key) {
  std::size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  at = text.find_first_of("0123456789", at + key.size());
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), value);
  return value * 1024;
}

std::optional<std::uint64_t> read_kilobytes(const char* path, std::string_view key) {
  auto text = read_small_file(working_directory, path, max_text);
  if (!text) return std::nullopt;
  return kilobytes_after(*text, key);
}

std::optional<std::uint64_t> count_fds() {
  auto list = Directory::open(working_directory, "/proc/self/fd");
  if (!list) return std::nullopt;
  std::uint64_t count = 0;
  while (list->next() != nullptr) ++count;
  return count - 1;  // without the listing's own
}

}  // namespace

SelfUsage self_usage() {
  return {count_fds(), read_kilobytes("/proc/self/status", "\nVmRSS:"),
          read_kilobytes("/proc/self/smaps_rollup", "\nPss:")};
}

}  // namespace supd::sys

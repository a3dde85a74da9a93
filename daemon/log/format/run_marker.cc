#include "daemon/log/format/run_marker.hpp"

#include <charconv>

namespace supd::log {
namespace {

constexpr std::string_view run_word = "run ", pid_word = ", pid ";

/// Takes a decimal number, without a sign and without zeros in front, off the start of `text`.
template <class Number>
bool take_number(std::string_view& text, Number& out) {
  if (text.empty() || text[0] < '0' || text[0] > '9' ||
      (text[0] == '0' && text.size() > 1 && text[1] >= '0' && text[1] <= '9'))
    return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_word(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

}  // namespace

void append_run_marker(std::string& out, RunId run, pid_t pid) {
  out += run_word;
  out += std::to_string(run.value);
  out += pid_word;
  out += std::to_string(pid);
}

std::optional<RunMark> parse_run_marker(std::string_view text) {
  RunMark mark;
  bool taken = take_word(text, run_word) && take_number(text, mark.run.value) && take_word(text, pid_word) &&
               take_number(text, mark.pid);
  if (!taken || !text.empty()) return std::nullopt;
  return mark;
}

}  // namespace supd::log

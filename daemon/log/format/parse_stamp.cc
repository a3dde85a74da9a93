#include "daemon/log/format/parse_stamp.hpp"

#include <chrono>

namespace supd::log {
namespace {

constexpr std::size_t offset_at = 26;  ///< where the Z stands, or the offset begins
constexpr std::size_t offset_size = 6;

/// The number that stands there in `digits` decimal digits; -1: something else does.
int number(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool has_marks(std::string_view text) {
  return text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == '.';
}

/// Seconds to the east of UTC; nothing: no offset stands there.
std::optional<int> offset_of(std::string_view text) {
  if (text[offset_at] == 'Z') return 0;
  bool shaped = text.size() >= offset_at + offset_size && (text[offset_at] == '+' || text[offset_at] == '-') &&
                text[offset_at + 3] == ':';
  if (!shaped) return std::nullopt;
  int hours = number(text, offset_at + 1, 2), minutes = number(text, offset_at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  int seconds = (hours * 60 + minutes) * 60;
  return text[offset_at] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<ParsedStamp> parse_stamp(std::string_view text) {
  if (text.size() <= offset_at || !has_marks(text)) return std::nullopt;
  int year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
  int hour = number(text, 11, 2), minute = number(text, 14, 2), second = number(text, 17, 2);
  int micros = number(text, 20, 6);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60 || micros < 0)
    return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  auto offset = offset_of(text);
  if (!date.ok() || !offset) return std::nullopt;
  std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  std::int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - *offset;
  return ParsedStamp{seconds * 1'000'000 + micros, text[offset_at] == 'Z' ? offset_at + 1 : offset_at + offset_size};
}

}  // namespace supd::log

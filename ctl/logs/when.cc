#include "ctl/logs/when.hpp"

#include <time.h>

#include <charconv>
#include <chrono>
#include <optional>

#include "units/base/quantity.hpp"

namespace supd::ctl::logs {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;
using Bad = std::unexpected<std::string>;

constexpr std::string_view forms =
    "is no time like '2026-11-23 12:00', '12:00', '10m', '2h ago', 'today', 'yesterday' or 2026-11-23T12:00:00Z";

/// Takes a text apart, front to back.
struct Words {
  std::string_view rest;

  std::optional<int> number(std::size_t digits) {
    int value = 0;
    if (rest.size() < digits) return std::nullopt;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, value);
    if (error != std::errc() || end != rest.data() + digits || rest[0] == '-') return std::nullopt;
    rest.remove_prefix(digits);
    return value;
  }
  bool take(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
};

struct Clock {
  int hour = 0, minute = 0, second = 0;
  std::int64_t micros = 0;
};

/// "12:00", "12:00:30", "12:00:30.5". Nothing: it is of another form.
std::optional<Clock> take_clock(Words& words) {
  auto hour = words.number(2);
  if (!hour || !words.take(':')) return std::nullopt;
  auto minute = words.number(2);
  if (!minute) return std::nullopt;
  Clock out{*hour, *minute};
  if (!words.take(':')) return out;
  auto second = words.number(2);
  if (!second) return std::nullopt;
  out.second = *second;
  if (!words.take('.')) return out;
  std::int64_t unit = us_per_second;
  while (!words.rest.empty() && words.rest[0] >= '0' && words.rest[0] <= '9') {
    unit /= 10;
    out.micros += (words.rest[0] - '0') * unit;
    words.rest.remove_prefix(1);
  }
  if (unit == us_per_second) return std::nullopt;
  return out;
}

std::string wrong_clock(const Clock& clock) {
  if (clock.hour > 23) return "has an hour above 23";
  if (clock.minute > 59) return "has a minute above 59";
  return clock.second > 60 ? "has a second above 60" : "";
}

/// Seconds to the east of UTC, or nothing: the local time is meant.
std::expected<std::optional<int>, std::string> take_offset(Words& words) {
  if (words.take('Z') || words.take('z')) return 0;
  bool west = words.rest.starts_with('-');
  if (!west && !words.rest.starts_with('+')) return std::nullopt;
  words.rest.remove_prefix(1);
  auto hours = words.number(2);
  words.take(':');
  auto minutes = words.number(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return Bad("has an offset that is not like +01:00");
  int seconds = (*hours * 60 + *minutes) * 60;
  return west ? -seconds : seconds;
}

std::int64_t local_us(std::chrono::year_month_day date, const Clock& clock) {
  tm parts{};
  parts.tm_year = static_cast<int>(date.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.tm_hour = clock.hour;
  parts.tm_min = clock.minute;
  parts.tm_sec = clock.second;
  parts.tm_isdst = -1;
  return ::mktime(&parts) * us_per_second + clock.micros;
}

std::chrono::year_month_day local_date(std::int64_t time_us) {
  auto time = static_cast<time_t>(time_us / us_per_second);
  tm parts{};
  ::localtime_r(&time, &parts);
  return {std::chrono::year(parts.tm_year + 1900), std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
          std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
}

std::expected<std::int64_t, std::string> parse_date(Words words) {
  auto year = words.number(4);
  words.take('-');
  auto month = words.number(2);
  words.take('-');
  auto day = words.number(2);
  if (!year || !month || !day) return Bad(forms);
  std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (*month < 1 || *month > 12) return Bad("has no month from 01 to 12");
  if (!date.ok()) return Bad("names a day that its month does not have");
  if (words.rest.empty()) return local_us(date, {});
  if (!words.take('T') && !words.take('t') && !words.take(' ')) return Bad(forms);
  auto clock = take_clock(words);
  if (!clock) return Bad("has no time of day like 12:00 or 12:00:30 behind its date");
  if (std::string wrong = wrong_clock(*clock); !wrong.empty()) return Bad(wrong);
  auto offset = take_offset(words);
  if (!offset) return Bad(offset.error());
  if (!words.rest.empty()) return Bad("has '" + std::string(words.rest) + "' behind its time");
  if (!*offset) return local_us(date, *clock);
  std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  std::int64_t seconds = ((days * 24 + clock->hour) * 60 + clock->minute) * 60 + clock->second - **offset;
  return seconds * us_per_second + clock->micros;
}

std::optional<std::int64_t> parse_ago(std::string_view text, std::int64_t now_us) {
  if (text.ends_with(" ago")) text.remove_suffix(4);
  auto length = parse_duration(text);
  if (!length) return std::nullopt;
  return now_us - std::chrono::duration_cast<std::chrono::microseconds>(*length).count();
}

std::optional<std::int64_t> parse_epoch(std::string_view text) {
  std::int64_t seconds = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds > INT64_MAX / us_per_second ||
      seconds < INT64_MIN / us_per_second)
    return std::nullopt;
  return seconds * us_per_second;
}

}  // namespace

std::int64_t midnight_before(std::int64_t time_us) { return local_us(local_date(time_us), {}); }

std::expected<std::int64_t, std::string> parse_when(std::string_view text, std::int64_t now_us) {
  if (text == "now") return now_us;
  if (text == "today") return midnight_before(now_us);
  if (text == "yesterday") return midnight_before(midnight_before(now_us) - 1);
  if (text.starts_with('@')) {
    if (auto time = parse_epoch(text.substr(1))) return *time;
    return Bad("has no number of seconds behind its @");
  }
  if (auto ago = parse_ago(text, now_us)) return *ago;
  Words words{text};
  if (text.size() > 2 && text[2] == ':') {
    auto clock = take_clock(words);
    if (!clock || !words.rest.empty()) return Bad(forms);
    if (std::string wrong = wrong_clock(*clock); !wrong.empty()) return Bad(wrong);
    return local_us(local_date(now_us), *clock);
  }
  bool dated = text.size() >= 8 && text.find_first_not_of("0123456789") == 4 && text[4] == '-';
  if (!dated) return Bad(forms);
  return parse_date(words);
}

}  // namespace supd::ctl::logs

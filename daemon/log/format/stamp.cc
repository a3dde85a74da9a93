#include "daemon/log/format/stamp.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>

namespace supd::log {
namespace {

constexpr std::int64_t first_us = -62'167'219'200'000'000;  // 0000-01-01T00:00:00
constexpr std::int64_t last_us = 253'402'300'799'999'999;   // 9999-12-31T23:59:59.999999
constexpr std::int64_t us_per_second = 1'000'000;

/// Writes `value` in `digits` decimal digits; returns the place behind them.
char* put(char* at, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return at + digits;
}

char* put(char* at, unsigned value, int digits, char then) {
  at = put(at, value, digits);
  *at = then;
  return at + 1;
}

/// What the local clock is ahead of UTC then, in whole minutes: RFC 3339 has no seconds there, and none is
/// needed, since it is the stamp that is moved by them.
std::int64_t local_offset_minutes(std::int64_t second) {
  auto at = static_cast<time_t>(second);
  tm local{};
  if (::localtime_r(&at, &local) == nullptr) return 0;
  return std::clamp<std::int64_t>(local.tm_gmtoff / 60, -23 * 60 - 59, 23 * 60 + 59);
}

}  // namespace

std::string_view Stamper::text(std::int64_t time_us) {
  time_us = std::clamp(time_us, first_us, last_us);
  std::int64_t micros = time_us % us_per_second;
  if (micros < 0) micros += us_per_second;
  std::int64_t second = (time_us - micros) / us_per_second;
  if (second != second_) write_second(second);
  put(text_.data() + 20, static_cast<unsigned>(micros), 6);
  return {text_.data(), zone_ == LogTime::utc ? stamp_size : local_stamp_size};
}

void Stamper::write_second(std::int64_t second) {
  second_ = second;
  std::int64_t offset = zone_ == LogTime::utc ? 0 : local_offset_minutes(second);
  second = std::clamp(second + offset * 60, first_us / us_per_second, last_us / us_per_second);
  std::chrono::sys_seconds at{std::chrono::seconds(second)};
  auto midnight = std::chrono::floor<std::chrono::days>(at);
  std::chrono::year_month_day date(midnight);
  std::chrono::hh_mm_ss clock(at - midnight);
  char* to = text_.data();
  to = put(to, static_cast<unsigned>(static_cast<int>(date.year())), 4, '-');
  to = put(to, static_cast<unsigned>(date.month()), 2, '-');
  to = put(to, static_cast<unsigned>(date.day()), 2, 'T');
  to = put(to, static_cast<unsigned>(clock.hours().count()), 2, ':');
  to = put(to, static_cast<unsigned>(clock.minutes().count()), 2, ':');
  put(to, static_cast<unsigned>(clock.seconds().count()), 2, '.');
  if (zone_ == LogTime::utc) {
    text_[26] = 'Z';
  } else {
    write_offset(offset);
  }
}

void Stamper::write_offset(std::int64_t minutes) {
  text_[26] = minutes < 0 ? '-' : '+';
  auto ahead = static_cast<unsigned>(minutes < 0 ? -minutes : minutes);
  put(put(text_.data() + 27, ahead / 60, 2, ':'), ahead % 60, 2);
}

std::int64_t wall_clock_us() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace supd::log

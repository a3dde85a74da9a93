#include "daemon/log/format/rotated_name.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "daemon/log/format/stamp.hpp"

namespace supd::log {
namespace {

constexpr std::string_view mark = ".@";
constexpr std::string_view unfinished_suffix = ".tmp";

/// As in a log record, with characters that every file system and shell takes.
std::string stamp_text(std::int64_t time_us) {
  Stamper stamper;
  std::string text(stamper.text(time_us));
  std::replace(text.begin(), text.end(), ':', '-');
  return text;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The time of a text that looks like a stamp. Whoever asks makes the text of it again, and compares.
std::optional<std::int64_t> time_of(std::string_view text) {
  auto year = number(text.substr(0, 4)), month = number(text.substr(5, 2)), day = number(text.substr(8, 2));
  auto hour = number(text.substr(11, 2)), minute = number(text.substr(14, 2)), second = number(text.substr(17, 2));
  auto micros = number(text.substr(20, 6));
  if (!year || !month || !day || !hour || !minute || !second || !micros) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  std::int64_t seconds = ((days * 24 + *hour) * 60 + *minute) * 60 + *second;
  return seconds * 1'000'000 + *micros;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

std::string_view suffix(Compression compression) {
  switch (compression) {
    case Compression::none: return "";
    case Compression::gzip: return ".gz";
    case Compression::zstd: return ".zst";
  }
  return "";
}

std::string rotated_name(std::string_view base, const RotatedName& name) {
  std::string out(base);
  out += mark;
  out += stamp_text(name.time_us);
  out += suffix(name.compression);
  if (name.unfinished) out += unfinished_suffix;
  return out;
}

std::optional<RotatedName> parse_rotated(std::string_view base, std::string_view name) {
  if (!name.starts_with(base) || !name.substr(base.size()).starts_with(mark)) return std::nullopt;
  std::string_view text = name.substr(base.size() + mark.size());
  RotatedName out;
  out.unfinished = take_suffix(text, unfinished_suffix);
  if (take_suffix(text, suffix(Compression::gzip))) {
    out.compression = Compression::gzip;
  } else if (take_suffix(text, suffix(Compression::zstd))) {
    out.compression = Compression::zstd;
  }
  if (text.size() != stamp_size || (out.unfinished && out.compression == Compression::none)) return std::nullopt;
  auto time_us = time_of(text);
  if (!time_us || stamp_text(*time_us) != text) return std::nullopt;
  out.time_us = *time_us;
  return out;
}

std::int64_t next_rotation_us(std::int64_t now_us, std::int64_t newest_us) {
  return newest_us == INT64_MIN ? now_us : std::max(now_us, newest_us + 1);
}

}  // namespace supd::log

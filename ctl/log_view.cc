#include "ctl/log_view.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "ctl/proto/values.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

constexpr std::size_t widest_name = 32;  ///< one long name does not push all lines to the right

tm local_time(std::int64_t seconds) {
  tm parts{};
  time_t time = static_cast<time_t>(seconds);
  ::localtime_r(&time, &parts);
  return parts;
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

std::string_view mark_color(char mark) {
  if (mark == '!') return color::red;
  return mark == '*' ? color::yellow : color::dim;
}

}  // namespace

void append_time(std::string& out, std::int64_t time_us, bool with_date) {
  // Records come by the thousand within one second: its digits are made once.
  static thread_local std::int64_t known_second = INT64_MIN;
  static thread_local std::array<char, 64> digits{};
  static thread_local std::size_t date_size = 0;
  std::int64_t second = floor_divide(time_us, 1'000'000);
  if (second != known_second) {
    tm parts = local_time(second);
    date_size = ::strftime(digits.data(), digits.size(), "%Y-%m-%d ", &parts);
    ::strftime(digits.data() + date_size, digits.size() - date_size, "%H:%M:%S", &parts);
    known_second = second;
  }
  auto thousandths = static_cast<int>((time_us - second * 1'000'000) / 1000);
  out += digits.data() + (with_date ? 0 : date_size);
  out += '.';
  out += static_cast<char>('0' + thousandths / 100);
  out += static_cast<char>('0' + thousandths / 10 % 10);
  out += static_cast<char>('0' + thousandths % 10);
}

std::string date_text(std::int64_t time_ms) {
  tm parts = local_time(floor_divide(time_ms, 1000));
  std::array<char, 64> text{};
  ::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return text.data();
}

void LogView::expect(std::string_view unit) {
  name_width_ = std::clamp(display_width(unit), name_width_, std::max(name_width_, widest_name));
}

void LogView::append(std::string& out, const proto::LogRecord& record) {
  switch (shape_.format) {
    case Format::text:
    case Format::sarif:
    case Format::toml: append_text(out, record); break;  // the latter two are not for logs
    case Format::json: append_json_line(out, record); break;
    case Format::raw:
      if (record.note) break;  // not the unit's words
      out += record.text;
      if (!record.partial) out += '\n';
      break;
  }
}

void LogView::append_text(std::string& out, const proto::LogRecord& record) {
  std::string time;
  append_time(time, record.time_us, dates_);
  append_colored(out, shape_.color ? color::dim : color::none, time);
  out += ' ';
  if (shape_.with_units) {
    std::string name = visible(record.unit);
    expect(name);
    std::size_t width = display_width(name);
    append_colored(out, shape_.color ? unit_color(record.unit) : color::none, name);
    out.append(name_width_ > width ? name_width_ - width + 1 : 1, ' ');
  }
  char sign = mark(record);
  append_colored(out, shape_.color ? mark_color(sign) : color::none, std::string_view(&sign, 1));
  out += ' ';
  append_visible(out, record.text);
  out += '\n';
}

void LogView::append_json_line(std::string& out, const proto::LogRecord& record) const {
  if (shape_.terminal) {
    std::string json;
    proto::append_json(json, record);
    append_visible_json(out, json);
  } else {
    proto::append_json(out, record);
  }
  out += '\n';
}

char LogView::mark(const proto::LogRecord& record) {
  if (record.note) return '*';
  auto same = [&](const Unfinished& stream) {
    return stream.is_stderr == record.is_stderr && stream.unit == record.unit;
  };
  auto found = std::find_if(unfinished_.begin(), unfinished_.end(), same);
  bool goes_on = found != unfinished_.end();
  if (goes_on && !record.partial) unfinished_.erase(found);
  if (!goes_on && record.partial && unfinished_.size() < max_unfinished) {
    unfinished_.push_back({record.unit, record.is_stderr});
  }
  if (goes_on) return '+';
  return record.is_stderr ? '!' : '|';
}

}  // namespace supd::ctl

#include "config/keys/shape.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "config/keys/field.hpp"
#include "units/base/quantity.hpp"
#include "units/base/signal_names.hpp"

namespace supd::config {
namespace {

constexpr std::array duration_units{"d", "h", "m", "s", "ms", "us", "ns"};
constexpr std::array size_units{"TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "KB", "kB", "B", "T", "G", "M", "K", ""};
constexpr std::uint64_t largest_integer = std::numeric_limits<std::int64_t>::max();

std::string range(const std::string& low, const std::string& high) { return "from " + low + " to " + high; }

std::string joined(const std::vector<std::string>& alternatives) {
  std::string out;
  for (const std::string& text : alternatives) out += (out.empty() ? "" : "|") + text;
  return alternatives.size() == 1 ? out : "(" + out + ")";
}

std::string digits(std::size_t count) {
  return count == 0 ? "" : count == 1 ? "[0-9]" : "[0-9]{" + std::to_string(count) + "}";
}

/// Whether 10^k numbers from `low` on, all of as many digits as `low`, are within `high`.
bool block_fits(std::uint64_t low, std::uint64_t block, std::uint64_t high) {
  return low >= block && low % block == 0 && block - 1 <= high - low;
}

/// One alternative that covers as many numbers from `low` on as one can, and the first number behind it;
/// 0 when all is covered.
std::pair<std::string, std::uint64_t> next_block(std::uint64_t low, std::uint64_t high) {
  std::uint64_t block = 1;
  std::size_t free_digits = 0;
  while (block <= low / 10 && block_fits(low, block * 10, high)) {
    block *= 10;
    ++free_digits;
  }
  std::uint64_t lead = low / block;
  std::uint64_t last = std::min(lead / 10 * 10 + 9, high / block - (high % block == block - 1 ? 0 : 1));
  std::string prefix = lead >= 10 ? std::to_string(lead / 10) : std::string();
  std::string digit = std::to_string(lead % 10);
  if (last > lead) digit = "[" + digit + "-" + std::to_string(last % 10) + "]";
  std::uint64_t end = last * block + (block - 1);
  return {prefix + digit + digits(free_digits), end >= high ? 0 : end + 1};
}

std::string any_case(std::string_view word) {
  std::string out;
  for (char c : word) {
    bool letter = c >= 'A' && c <= 'Z';
    out += letter ? std::string{'[', c, static_cast<char>(c - 'A' + 'a'), ']'} : std::string(1, c);
  }
  return out;
}

/// Numbers of one unit that are sizes from `low` to `high`; "" when there are none.
std::string size_alternative(std::uint64_t low, std::uint64_t high, const std::string& unit) {
  std::uint64_t factor = parse_size("1" + unit).value_or(1);
  std::uint64_t first = low / factor + (low % factor != 0 ? 1 : 0);
  std::uint64_t last = high / factor;
  return first > last ? std::string() : number_pattern(first, last) + unit;
}

std::string size_pattern(std::uint64_t low, std::uint64_t high) {
  std::vector<std::string> alternatives;
  for (const char* unit : size_units) {
    std::string alternative = size_alternative(low, high, unit);
    if (!alternative.empty()) alternatives.push_back(std::move(alternative));
  }
  return joined(alternatives);
}

std::string duration_alternatives(std::uint64_t low) {
  std::vector<std::string> alternatives;
  for (const char* unit : duration_units) {
    Duration one = *parse_duration(std::string("1") + unit);
    alternatives.push_back(number_pattern(low, static_cast<std::uint64_t>(max_duration / one)) + unit);
  }
  return joined(alternatives);
}

/// Without the ^ and $ around it.
std::string duration_pattern(bool zero_allowed) {
  std::string any = duration_alternatives(0);
  return zero_allowed ? "(0|" + any + "+)" : any + "*" + duration_alternatives(1) + any + "*";
}

std::string signal_pattern() {
  std::vector<std::string> names;
  for (std::string_view name : signal_names()) names.push_back(any_case(name.substr(3)));
  names.push_back(any_case("RTMIN") + "(\\+" + number_pattern(0, 30) + ")?");
  names.push_back(any_case("RTMAX") + "(-" + number_pattern(0, 30) + ")?");
  return "(" + any_case("SIG") + ")?" + joined(names);
}

}  // namespace

std::string number_pattern(std::uint64_t low, std::uint64_t high) {
  std::vector<std::string> alternatives;
  std::uint64_t next = low;
  if (low <= 1) {
    // Everything of fewer digits than `high` in one alternative: zeros in front are allowed.
    std::size_t fewer = std::to_string(high).size() - 1;
    if (low == 0) alternatives.emplace_back("0");
    next = 1;
    for (std::size_t i = 0; i < fewer; ++i) next *= 10;
    if (fewer != 0) alternatives.push_back("[1-9]" + (fewer == 1 ? "" : "[0-9]{0," + std::to_string(fewer - 1) + "}"));
    if (next > high) next = 0;
  }
  while (next != 0) {
    auto [text, following] = next_block(next, high);
    alternatives.push_back(std::move(text));
    next = following;
  }
  return "0*" + joined(alternatives);
}

Shape flag_shape() { return {.form = Shape::Form::flag}; }

Shape integer_shape(std::int64_t low, std::int64_t high) {
  std::string bounds = range(std::to_string(low), std::to_string(high));
  return {.form = Shape::Form::integer, .bounds = std::move(bounds), .low = low, .high = high};
}

Shape real_shape(std::int64_t low, std::int64_t high) {
  Shape shape = integer_shape(low, high);
  shape.form = Shape::Form::real;
  return shape;
}

Shape words_shape(std::span<const std::string_view> words) {
  return {.bounds = words_in_quotes(words), .words = {words.begin(), words.end()}};
}

Shape text_shape(std::string pattern, std::string bounds) {
  return {.bounds = std::move(bounds), .pattern = std::move(pattern)};
}

Shape list_shape(Shape item, std::string bounds, std::optional<std::int64_t> most) {
  return {.form = Shape::Form::list, .bounds = std::move(bounds), .high = most, .parts = {std::move(item)}};
}

Shape table_shape(Shape value, std::string names, std::string bounds) {
  return {
      .form = Shape::Form::table, .bounds = std::move(bounds), .names = std::move(names), .parts = {std::move(value)}};
}

Shape either_shape(std::vector<Shape> parts, std::string bounds) {
  return {.form = Shape::Form::either, .bounds = std::move(bounds), .parts = std::move(parts)};
}

Shape duration_shape(bool zero_allowed) {
  std::string longest = toml_string(duration_text(max_duration));
  std::string bounds = zero_allowed ? range("\"0s\"", longest) : "longer than \"0s\", at most " + longest;
  return text_shape("^" + duration_pattern(zero_allowed) + "$", std::move(bounds));
}

Shape size_shape(std::uint64_t low, std::uint64_t high) {
  std::string bounds = range(toml_string(size_text(low)), toml_string(size_text(high)));
  auto first = static_cast<std::int64_t>(std::min(low, largest_integer));
  auto last = static_cast<std::int64_t>(std::min(high, largest_integer));
  return either_shape({text_shape("^" + size_pattern(low, high) + "$", bounds), integer_shape(first, last)}, bounds);
}

Shape signal_shape() { return text_shape("^" + signal_pattern() + "$", "the name of a signal"); }

Shape exit_shape() { return either_shape({integer_shape(0, 255), signal_shape()}, "exit codes from 0 to 255"); }

Shape limit_shape(bool is_size) {
  std::string units = is_size ? "(TiB|TB|GiB|GB|MiB|MB|KiB|kB|KB|B|T|G|M|K)?" : "";
  std::string one = "([0-9]+" + units + "|unlimited)";
  std::string pattern = "^" + one + "(:" + one + ")?$";
  std::string bounds = "\"unlimited\", one value, or \"SOFT:HARD\" with SOFT at most HARD";
  return either_shape(
      {integer_shape(0, static_cast<std::int64_t>(largest_integer)), text_shape(std::move(pattern), bounds)}, bounds);
}

}  // namespace supd::config

#include <algorithm>
#include <limits>

#include "config/keys/sections.hpp"
#include "units/base/quantity.hpp"

namespace supd::config {
namespace {

constexpr std::string_view unlimited = "unlimited";

std::optional<std::uint64_t> parse_one(std::string_view text, bool is_size) {
  if (text == unlimited) return ResourceLimit::infinity;
  bool plain = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!plain && !is_size) return std::nullopt;
  auto value = parse_size(text);
  return value == ResourceLimit::infinity ? std::nullopt : value;  // that number means "unlimited" to the kernel
}

std::optional<ResourceLimit> parse_limit(std::string_view text, int resource, bool is_size) {
  std::size_t colon = text.find(':');
  auto soft = parse_one(text.substr(0, colon), is_size);
  auto hard = colon == std::string_view::npos ? soft : parse_one(text.substr(colon + 1), is_size);
  if (!soft || !hard) return std::nullopt;
  return ResourceLimit{resource, *soft, *hard};
}

std::string show_one(std::uint64_t value, bool is_size) {
  if (value == ResourceLimit::infinity) return std::string(unlimited);
  return is_size ? size_text(value) : std::to_string(value);
}

std::string format_hint(const Field& field, bool is_size) {
  std::string leaf(field.key.leaf());
  return is_size ? "write: " + leaf + " = \"64MiB\", \"unlimited\", or \"SOFT:HARD\""
                 : "write: " + leaf + " = 1024, \"unlimited\", or \"SOFT:HARD\"";
}

std::optional<ResourceLimit> read_one(const Field& field, int resource, bool is_size) {
  const Value& value = field.value;
  if (value.type == Value::Type::integer && value.integer >= 0) {
    auto number = static_cast<std::uint64_t>(value.integer);
    return ResourceLimit{resource, number, number};
  }
  if (value.type == Value::Type::integer) {
    field.error(std::to_string(value.integer) + " is out of range", format_hint(field, is_size));
    return std::nullopt;
  }
  if (value.type != Value::Type::text) {
    field.wrong_type(value, "a limit");
    return std::nullopt;
  }
  auto limit = parse_limit(value.text, resource, is_size);
  if (!limit) field.error(in_quotes(value.text) + " is not a limit", format_hint(field, is_size));
  return limit;
}

}  // namespace

void read_limit(const Field& field, UnitSpec& unit, int resource, bool is_size) {
  auto limit = read_one(field, resource, is_size);
  if (!limit) return;
  if (limit->soft > limit->hard) {
    field.error("the soft limit is above the hard limit", "write the smaller number first: \"SOFT:HARD\"");
    return;
  }
  // In the order of the numbers, so that a moved line is no change.
  auto& limits = unit.limits.rlimits;
  limits.insert(std::ranges::upper_bound(limits, resource, {}, &ResourceLimit::resource), *limit);
}

std::string show_limit(const UnitSpec& unit, int resource, bool is_size) {
  auto found = std::ranges::find(unit.limits.rlimits, resource, &ResourceLimit::resource);
  if (found == unit.limits.rlimits.end()) return {};
  std::string soft = show_one(found->soft, is_size);
  if (found->soft != found->hard) return toml_string(soft + ":" + show_one(found->hard, is_size));
  constexpr auto largest_integer = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return !is_size && found->soft <= largest_integer ? soft : toml_string(soft);
}

void read_nice(const Field& field, UnitSpec& unit) {
  auto nice = read_integer(field, -20, 19);
  if (!nice) return;
  unit.limits.nice = static_cast<int>(*nice);
  unit.limits.set_nice = true;
}

std::string show_nice(const UnitSpec& unit) {
  return unit.limits.set_nice ? std::to_string(unit.limits.nice) : std::string();
}

}  // namespace supd::config

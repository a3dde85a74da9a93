#include "units/base/quantity.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace supd {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first: duration_text takes them in this order.
constexpr std::array duration_units{
    Unit{"d", 86'400'000'000'000ULL},
    Unit{"h", 3'600'000'000'000ULL},
    Unit{"m", 60'000'000'000ULL},
    Unit{"s", 1'000'000'000ULL},
    Unit{"ms", 1'000'000ULL},
    Unit{"us", 1'000ULL},
    Unit{"ns", 1ULL},
};

// Exact spellings first; the second group is only read.
constexpr std::array size_units{
    Unit{"TiB", 1ULL << 40}, Unit{"TB", 1'000'000'000'000ULL},
    Unit{"GiB", 1ULL << 30}, Unit{"GB", 1'000'000'000ULL},
    Unit{"MiB", 1ULL << 20}, Unit{"MB", 1'000'000ULL},
    Unit{"KiB", 1ULL << 10}, Unit{"KB", 1'000ULL},
    Unit{"kB", 1'000ULL},    Unit{"B", 1ULL},
    Unit{"T", 1ULL << 40},   Unit{"G", 1ULL << 30},
    Unit{"M", 1ULL << 20},   Unit{"K", 1ULL << 10},
};

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

template <std::size_t N>
std::optional<std::uint64_t> take_unit(std::string_view& text, const std::array<Unit, N>& units) {
  std::size_t length = text.find_first_of("0123456789");
  std::string_view word = text.substr(0, length);
  for (const Unit& unit : units) {
    if (unit.name != word) continue;
    text.remove_prefix(word.size());
    return unit.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{0};
  if (text.empty()) return std::nullopt;
  std::uint64_t total = 0;
  while (!text.empty()) {
    auto value = take_number(text);
    auto factor = take_unit(text, duration_units);
    std::uint64_t part = 0;
    if (!value || !factor || __builtin_mul_overflow(*value, *factor, &part)) return std::nullopt;
    if (__builtin_add_overflow(total, part, &total)) return std::nullopt;
  }
  if (total > static_cast<std::uint64_t>(Duration::max().count())) return std::nullopt;
  return Duration{static_cast<std::int64_t>(total)};
}

std::string duration_text(Duration length) {
  auto rest = static_cast<std::uint64_t>(length.count() < 0 ? 0 : length.count());
  std::string out;
  for (const Unit& unit : duration_units) {
    std::uint64_t whole = rest / unit.factor;
    rest %= unit.factor;
    if (whole != 0) out += std::to_string(whole) + std::string(unit.name);
  }
  return out.empty() ? "0s" : out;
}

std::string duration_approximate(Duration length) {
  double seconds = static_cast<double>(length.count()) / 1e9;
  std::array<char, 64> text{};
  auto whole = static_cast<long long>(seconds);
  if (seconds < 1) {
    std::snprintf(text.data(), text.size(), "%.0f ms", seconds * 1000);
  } else if (seconds < 60) {
    std::snprintf(text.data(), text.size(), "%.1f s", seconds);
  } else if (whole < 3600) {
    std::snprintf(text.data(), text.size(), "%lld min %lld s", whole / 60, whole % 60);
  } else if (whole < 86400) {
    std::snprintf(text.data(), text.size(), "%lld h %lld min", whole / 3600, whole / 60 % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld d %lld h", whole / 86400, whole / 3600 % 24);
  }
  return text.data();
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  auto value = take_number(text);
  if (!value) return std::nullopt;
  if (text.empty()) return value;
  auto factor = take_unit(text, size_units);
  std::uint64_t bytes = 0;
  if (!factor || !text.empty() || __builtin_mul_overflow(*value, *factor, &bytes)) return std::nullopt;
  return bytes;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes == 0) return "0";
  for (const Unit& unit : size_units) {
    if (bytes % unit.factor == 0) return std::to_string(bytes / unit.factor) + std::string(unit.name);
  }
  return std::to_string(bytes) + "B";
}

}  // namespace supd

#pragma once

/// One value of a configuration on its way into a spec: the value, the key it stands at, and the
/// place to complain. Every reader below notes what is wrong, with a hint, and then returns nothing.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/host/surroundings.hpp"
#include "config/keys/shape.hpp"
#include "config/text/value.hpp"
#include "units/base/time.hpp"

namespace supd::config {

/// What it takes for a changed value to hold in what runs already.
enum class Effect : std::uint8_t {
  live,     ///< nothing: it is taken over
  restart,  ///< a new process of the unit; of supd's own settings: a new supd
};

/// What every key has, whatever it fills; rows of the tables in keys.hpp.
struct KeyInfo {
  std::string_view path;     ///< "restart.delay"
  std::string_view type;     ///< what may stand there, in words: "duration"
  std::string_view example;  ///< a value as TOML, for hints
  std::string_view help;     ///< one line
  Effect effect = Effect::live;
  Shape (*shape)() = nullptr;  ///< bounds of the value; nullptr: not built, or read by nobody
  /// The last part of the path.
  [[nodiscard]] std::string_view leaf() const { return path.substr(path.rfind('.') + 1); }
};

struct Field {
  const KeyInfo& key;
  const Value& value;
  Problems& problems;
  Surroundings& host;

  void error(std::string message, std::string hint) const { error_at(value, std::move(message), std::move(hint)); }
  void error_at(const Value& part, std::string message, std::string hint) const {
    problems.error(part.at, key.path, std::move(message), std::move(hint));
  }
  void warning(std::string message, std::string hint) const {
    problems.warning(value.at, key.path, std::move(message), std::move(hint));
  }
  /// "write: delay = "5s"".
  [[nodiscard]] std::string example_hint() const;
  /// Notes that something else is wanted here.
  void wrong_type(const Value& part, std::string_view wanted) const;
};

/// A string without NUL. `part` is the value itself or an item of it.
[[nodiscard]] std::optional<std::string> read_text(const Field& field, const Value& part);
[[nodiscard]] std::optional<bool> read_boolean(const Field& field);
/// low <= value <= high.
[[nodiscard]] std::optional<std::int64_t> read_integer(const Field& field, std::int64_t low, std::int64_t high);
[[nodiscard]] std::optional<double> read_real(const Field& field, int low, int high);
/// At most max_duration.
[[nodiscard]] std::optional<Duration> read_duration(const Field& field);
/// A string with a unit, or a number of bytes.
[[nodiscard]] std::optional<std::uint64_t> read_size(const Field& field, std::uint64_t low, std::uint64_t high);
/// A list of strings; items that are none are noted, each, and then the whole list is nothing.
[[nodiscard]] std::optional<std::vector<std::string>> read_texts(const Field& field);
/// The index of the word in `words`; words in `unbuilt` are known to the documentation, not to this version.
[[nodiscard]] std::optional<std::size_t> read_choice(const Field& field, const Value& part,
                                                     std::span<const std::string_view> words,
                                                     std::span<const std::string_view> unbuilt);

/// Longest duration that makes sense anywhere.
inline constexpr Duration max_duration = std::chrono::hours(24 * 365);

/// Longest argument and longest "NAME=VALUE" that the kernel takes: MAX_ARG_STRLEN less its NUL (execve(2)).
inline constexpr std::size_t max_argument = 131'071;

/// "\"a\", \"b\" or \"c\"".
[[nodiscard]] std::string words_in_quotes(std::span<const std::string_view> words);
/// "a, b or c".
[[nodiscard]] std::string enumeration(std::span<const std::string_view> words);
/// The message for what is documented but belongs to a later version.
[[nodiscard]] std::string not_built(std::string_view what);
inline constexpr std::string_view not_built_hint = "remove it, or use a version of supd that has it";

}  // namespace supd::config

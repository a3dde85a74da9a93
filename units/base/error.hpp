#pragma once

/// An operating-system or input error as a value: what was tried, on what, and why it failed.
/// Made where the call failed, shown once, at the top (see README, "Errors").

#include <expected>
#include <string>
#include <string_view>

namespace supd {

struct Error {
  std::string operation;  ///< what was tried, e.g. "open", "bind", "mkdir"
  std::string object;     ///< what it was tried on, e.g. a path; may be empty
  int code = 0;           ///< errno value, or 0 when `detail` alone says it
  std::string detail;     ///< extra words for a person; may be empty

  /// One line for a person: "open /etc/supd/web.toml: Permission denied".
  [[nodiscard]] std::string text() const;
};

template <class T>
using Result = std::expected<T, Error>;

/// An Error from the current value of errno.
[[nodiscard]] Error errno_error(std::string_view operation, std::string_view object = {});
[[nodiscard]] Error errno_error(std::string_view operation, std::string_view object, int code);

/// For `return failed("open", path);` in functions that return a Result.
[[nodiscard]] inline std::unexpected<Error> failed(std::string_view operation, std::string_view object = {}) {
  return std::unexpected(errno_error(operation, object));
}

}  // namespace supd

#pragma once

/// What a configuration asks of the machine that it is read on: users, groups, environment files.
/// A port, so that texts can be read (and fuzzed) without a machine.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "units/base/error.hpp"

namespace supd::config {

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  bool has_entry = false;  ///< false: a plain number without a passwd entry; only `uid` is known
  std::string name, home, shell;
};

class Surroundings {
 public:
  virtual ~Surroundings() = default;

  /// The user of that name or number; no value when there is none; an error when nobody can tell.
  /// A number without an entry is a user of that uid.
  virtual Result<std::optional<User>> user(const std::string& name) = 0;
  /// The gid of that name or number, likewise.
  virtual Result<std::optional<std::uint32_t>> group(const std::string& name) = 0;
  /// The supplementary groups of a user, its own group included.
  virtual Result<std::vector<std::uint32_t>> groups_of(const User& user) = 0;
  /// The content of a regular file of at most max_file_bytes.
  virtual Result<std::string> read_file(const std::string& path) = 0;
};

/// Largest file that is read. A larger one is an error.
inline constexpr std::size_t max_file_bytes = 1024 * 1024;

/// The uid or gid that `text` spells in decimal; nothing when it is not a number or is (uid_t)-1.
[[nodiscard]] std::optional<std::uint32_t> plain_id(std::string_view text);

/// No machine at all: only root and numbers are known, and there are no files.
[[nodiscard]] Surroundings& nowhere();

}  // namespace supd::config

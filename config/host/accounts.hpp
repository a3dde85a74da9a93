#pragma once

/// Users and groups. Through the name service (getpwnam_r(3)); a static supd, which can't load what that is
/// made of, reads /etc/passwd and /etc/group. May block.

#include <optional>
#include <string>
#include <vector>

#include "config/host/surroundings.hpp"

namespace supd::config::accounts {

/// By name or number. Nothing: there is none; but a number nobody has is a user of that number.
[[nodiscard]] Result<std::optional<User>> user(const std::string& name);
[[nodiscard]] Result<std::optional<std::uint32_t>> group(const std::string& name);
/// The primary group first or among them, then those that have the user as a member.
[[nodiscard]] Result<std::vector<std::uint32_t>> groups_of(const User& user);

inline constexpr std::size_t max_entry_bytes = 1024 * 1024;  ///< of one entry, its members included
inline constexpr std::size_t max_groups = 65'536;            ///< NGROUPS_MAX of Linux

}  // namespace supd::config::accounts

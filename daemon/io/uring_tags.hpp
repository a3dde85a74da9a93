#pragma once

/// What a completion's 64 bits of user data say: generation (32), tag (8), slot (24). Never a pointer
/// or an fd: a late completion of a closed op must be recognised as such. 0 is nobody's.

#include <cstdint>

#include "daemon/io/loop.hpp"

namespace supd::io::uring {

enum class Tag : std::uint8_t {
  main,        ///< the op itself
  child_poll,  ///< the poll on the pidfd that goes before a waitid
  signals,     ///< the loop's own poll on SIGCHLD
  jobs,        ///< ... and on the worker pool
};

[[nodiscard]] constexpr std::uint64_t user_data(OpId id, Tag tag = Tag::main) {
  return std::uint64_t{id.generation} << 32 | std::uint64_t{static_cast<std::uint8_t>(tag)} << 24 | id.slot;
}
[[nodiscard]] constexpr OpId id_of(std::uint64_t user_data) {
  return {static_cast<std::uint32_t>(user_data & 0xFFFFFF), static_cast<std::uint32_t>(user_data >> 32)};
}
[[nodiscard]] constexpr Tag tag_of(std::uint64_t user_data) { return static_cast<Tag>(user_data >> 24 & 0xFF); }

}  // namespace supd::io::uring

#pragma once

#include <cstdint>

namespace supd::io::epoll {

/// Keys of the loop's own fds in the set; every other key is an fd number.
inline constexpr std::uint64_t jobs_key = 1ULL << 32;
inline constexpr std::uint64_t signals_key = 2ULL << 32;

}  // namespace supd::io::epoll

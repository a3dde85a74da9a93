#pragma once

/// Numbers of the io_uring ABI that the liburing headers of Debian 12 do not have yet. An ABI number
/// never changes; the library's own name is not used even where it exists, so that one spelling builds everywhere.

#include <cstdint>

namespace supd::io::uring {

inline constexpr std::uint8_t op_read_multishot = 49;         ///< IORING_OP_READ_MULTISHOT, Linux 6.7
inline constexpr std::uint8_t op_waitid = 50;                 ///< IORING_OP_WAITID, Linux 6.7
inline constexpr std::uint32_t enter_no_iowait = 1U << 7;     ///< IORING_ENTER_NO_IOWAIT, Linux 6.15
inline constexpr std::uint32_t feature_no_iowait = 1U << 17;  ///< IORING_FEAT_NO_IOWAIT

}  // namespace supd::io::uring

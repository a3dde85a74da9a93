#pragma once

#include <chrono>

namespace supd::kernel {

/// How long a check waits for what must come. Only a kernel that fails the check makes it wait that long.
inline constexpr std::chrono::milliseconds patience{2000};

}  // namespace supd::kernel

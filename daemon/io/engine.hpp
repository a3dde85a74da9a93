#pragma once

/// Which engine runs the loop, and why.

#include <cstdint>
#include <memory>
#include <string>

#include "daemon/io/loop.hpp"
#include "units/base/error.hpp"

namespace supd::io {

enum class Engine : std::uint8_t { automatic, uring, epoll };

struct Chosen {
  std::unique_ptr<Loop> loop;
  std::string reason;  ///< one line for people
};

/// Makes the loop. `automatic` tries io_uring by using it (a ring, a buffer ring, a multishot read of a
/// real pipe, a waitid of a real child) and takes epoll on any failure; `uring` fails where that would.
/// To be called by the thread that runs the loop, after any fork.
Result<Chosen> make_loop(Engine engine);

}  // namespace supd::io

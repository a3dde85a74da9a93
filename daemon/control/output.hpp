#pragma once

/// What waits to be sent to one client.

#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/sys/fd.hpp"

namespace supd::control {

enum class Sent : std::uint8_t { all, some, broken };

class Output {
 public:
  /// Whole frames are appended here.
  [[nodiscard]] std::string& text() { return text_; }
  [[nodiscard]] std::size_t pending() const { return text_.size() - sent_; }

  /// Sends as much as the socket takes now. `broken`: the client is gone.
  Sent flush(sys::BorrowedFd socket);

 private:
  void forget_sent();

  std::string text_;
  std::size_t sent_ = 0;
};

}  // namespace supd::control

#include "daemon/control/output.hpp"

#include <cerrno>

#include "daemon/control/unix_socket.hpp"

namespace supd::control {
namespace {

/// A buffer that grew beyond this goes back to the system when it is empty.
constexpr std::size_t kept_capacity = 16 * 1024;

}  // namespace

Sent Output::flush(sys::BorrowedFd socket) {
  while (pending() != 0) {
    auto sent = send_now(socket, std::string_view(text_).substr(sent_));
    if (!sent && (sent.error() == EAGAIN || sent.error() == ENOBUFS)) break;
    if (!sent) return Sent::broken;
    sent_ += *sent;
  }
  forget_sent();
  return pending() == 0 ? Sent::all : Sent::some;
}

void Output::forget_sent() {
  if (pending() == 0) {
    text_.clear();
    sent_ = 0;
    if (text_.capacity() > kept_capacity) text_.shrink_to_fit();
  } else if (sent_ > text_.size() / 2) {
    // Only when more than half is gone: moving the rest costs less than sending it did.
    text_.erase(0, sent_);
    sent_ = 0;
  }
}

}  // namespace supd::control

#include "ctl/text/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace supd::ctl {

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && error_ == 0) {
    ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Somebody else made the terminal or pipe non-blocking; wait for room as if it were not.
      pollfd room{fd_, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

int Output::error() const { return error_ == EPIPE ? 0 : error_; }

}  // namespace supd::ctl

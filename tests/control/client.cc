#include "tests/control/client.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace supd::control {

std::size_t Client::send_some(std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    ssize_t sent = ::send(fd(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) break;
    done += static_cast<std::size_t>(sent);
  }
  return done;
}

void Client::send(std::string_view bytes) { EXPECT_EQ(send_some(bytes), bytes.size()) << "socket buffer full"; }

void Client::request(std::int64_t id, std::string_view method, const proto::Params& params) {
  std::string frame;
  proto::write_request(frame, id, method, params);
  send(frame);
}

/// False: nothing more has arrived.
bool Client::receive() {
  std::array<char, 65536> bytes{};
  ssize_t length = ::recv(fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (length > 0) framer_.push({bytes.data(), static_cast<std::size_t>(length)});
  bool reset = length < 0 && errno != EAGAIN && errno != EINTR;
  ended_ = ended_ || length == 0 || reset;
  return length > 0;
}

std::optional<std::string> Client::line() {
  for (;;) {
    if (auto frame = framer_.next()) return std::string(*frame);
    if (ended_ || !receive()) return std::nullopt;
  }
}

bool Client::at_end() {
  if (!ended_) receive();
  return ended_ && framer_.buffered() == 0;
}

void Client::shut_write() { ::shutdown(fd(), SHUT_WR); }

}  // namespace supd::control

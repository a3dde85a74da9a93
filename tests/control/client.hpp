#pragma once

/// A client that never blocks: the test turns the loop and the client looks what has arrived.

#include <functional>
#include <optional>
#include <string>

#include "ctl/proto/frames.hpp"
#include "ctl/proto/message.hpp"
#include "ctl/proto/request.hpp"
#include "daemon/sys/fd.hpp"

namespace supd::control {

class Client {
 public:
  explicit Client(sys::UniqueFd socket) : socket_(std::move(socket)), framer_(proto::max_reply_bytes) {}

  /// Sends what fits; the number of bytes that did.
  std::size_t send_some(std::string_view bytes);
  /// Sends all of it, which must fit.
  void send(std::string_view bytes);
  void request(std::int64_t id, std::string_view method, const proto::Params& params = {});

  /// The next line that has arrived.
  std::optional<std::string> line();
  /// The other side has closed and every line was taken.
  [[nodiscard]] bool at_end();

  void shut_write();
  void close() { socket_.reset(); }
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  bool receive();

  sys::UniqueFd socket_;
  proto::Framer framer_;
  bool ended_ = false;
};

}  // namespace supd::control

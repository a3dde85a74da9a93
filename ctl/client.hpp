#pragma once

/// The connection of supctl to supd: a unix stream socket, waited for with poll(2). Requests are
/// written at once and may be pipelined; answers are taken one by one.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ctl/failure.hpp"
#include "ctl/proto/frames.hpp"
#include "ctl/proto/message.hpp"
#include "ctl/proto/request.hpp"
#include "daemon/sys/fd.hpp"
#include "units/base/time.hpp"

namespace supd::ctl {

/// CLOCK_MONOTONIC.
[[nodiscard]] Instant now();

class Client {
 public:
  static constexpr Duration answer_time = 10s;  ///< for requests that supd answers at once

  /// Connects to the socket at `path`. Failures are `unreachable` or, for EACCES and EPERM,
  /// `not_permitted`, with words about what to do.
  [[nodiscard]] static Try<Client> connect(const std::string& path);

  /// Sends one request; the id to wait for.
  [[nodiscard]] Try<std::int64_t> request(std::string_view method, const proto::Params& params = {});

  /// The next message, whatever it is.
  [[nodiscard]] Try<proto::Message> next(Instant deadline);

  /// The result of request `id`. Its error, or one that belongs to no request, is a Failure.
  /// Messages of other requests are dropped.
  [[nodiscard]] Try<proto::Message> answer(std::int64_t id, Instant deadline);
  [[nodiscard]] Try<proto::Message> answer(std::int64_t id) { return answer(id, now() + answer_time); }

  /// request() and answer().
  [[nodiscard]] Try<proto::Message> call(std::string_view method, const proto::Params& params = {});

  /// To be polled for reading beside other fds. What has come already is not seen there: ask next() first.
  [[nodiscard]] int fd() const { return socket_.get(); }

  /// Called each time that nothing is left to read, before waiting for more.
  void on_idle(std::function<void()> callback) { on_idle_ = std::move(callback); }

  /// While waiting, notice that the reader of the pipe `fd` went away: next() then fails with `done`
  /// and no text.
  void end_with_reader_of(int fd) { reader_fd_ = fd; }

 private:
  Client(sys::UniqueFd socket, std::string path) : socket_(std::move(socket)), path_(std::move(path)) {}
  [[nodiscard]] Try<void> send(std::string_view bytes);
  [[nodiscard]] Try<void> receive(Instant deadline);
  [[nodiscard]] Try<void> wait_for(short events, Instant deadline);
  [[nodiscard]] Failure lost(int error) const;

  sys::UniqueFd socket_;
  std::string path_;
  proto::Framer framer_{proto::max_reply_bytes};
  std::unique_ptr<char[]> chunk_;  ///< what one read brings; not cleared, so that unused pages cost nothing
  std::function<void()> on_idle_;
  std::int64_t last_id_ = 0;
  int reader_fd_ = -1;
};

/// Whether `message` is what ends request `id`: its result, its error, or an error without a request.
[[nodiscard]] bool ends_request(const proto::Message& message, std::int64_t id);

}  // namespace supd::ctl

#include "ctl/client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace supd::ctl {
namespace {

constexpr std::size_t chunk_bytes = 256UL * 1024;

/// Milliseconds for poll(2), rounded up so that a deadline is never polled for in a spin.
int poll_timeout(Instant deadline) {
  if (deadline == Instant::never()) return -1;
  std::int64_t left = (deadline - now()).count();
  return static_cast<int>(std::clamp<std::int64_t>((left + 999'999) / 1'000'000, 0, INT_MAX));
}

}  // namespace

Instant now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return {std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec)};
}

bool ends_request(const proto::Message& message, std::int64_t id) {
  if (message.kind() == proto::MessageKind::notification) return false;
  return message.id() == id || (message.kind() == proto::MessageKind::error && message.id() == 0);
}

Failure Client::lost(int error) const {
  std::string reason =
      error == 0 ? std::string("supd closed the connection") : errno_error("talk to supd", {}, error).text();
  return {Outcome::unreachable, path_ + ": " + reason, "did supd end? See its own output"};
}

Try<void> Client::wait_for(short events, Instant deadline) {
  for (;;) {
    // Without events, poll(2) still reports POLLERR: the write end of a pipe that nobody reads.
    std::array<pollfd, 2> fds{pollfd{socket_.get(), events, 0}, pollfd{reader_fd_, 0, 0}};
    int ready = ::poll(fds.data(), fds.size(), poll_timeout(deadline));
    if (ready < 0 && errno != EINTR) return std::unexpected(lost(errno));
    if (fds[0].revents != 0) return {};
    if ((fds[1].revents & POLLERR) != 0) return std::unexpected(Failure{Outcome::done, {}});
    if ((fds[1].revents & (POLLNVAL | POLLHUP)) != 0) reader_fd_ = -1;
    if (now() >= deadline) {
      return std::unexpected(Failure{Outcome::timed_out, path_ + ": no answer in time"});
    }
  }
}

Try<void> Client::send(std::string_view bytes) {
  Instant deadline = now() + answer_time;
  while (!bytes.empty()) {
    ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto room = wait_for(POLLOUT, deadline); !room) return room;
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return {};  // supd may have said why before it closed: the next read tells
    } else if (errno != EINTR) {
      return std::unexpected(lost(errno));
    }
  }
  return {};
}

Try<void> Client::receive(Instant deadline) {
  if (!chunk_) chunk_ = std::make_unique_for_overwrite<char[]>(chunk_bytes);
  for (;;) {
    ssize_t got = ::recv(socket_.get(), chunk_.get(), chunk_bytes, MSG_DONTWAIT);
    if (got == 0) return std::unexpected(lost(0));
    if (got > 0) {
      framer_.push(std::string_view(chunk_.get(), static_cast<std::size_t>(got)));
      return {};
    }
    if (errno == EAGAIN) {
      if (on_idle_) on_idle_();
      if (auto ready = wait_for(POLLIN, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return std::unexpected(lost(errno));
    }
  }
}

Try<proto::Message> Client::next(Instant deadline) {
  for (;;) {
    if (auto frame = framer_.next()) {
      Result<proto::Message> message = proto::parse_message(std::string(*frame));
      if (!message) return std::unexpected(bad_answer(message.error()));
      return std::move(*message);
    }
    if (framer_.overflowed()) return std::unexpected(bad_answer({"read", path_, 0, "an endless line"}));
    if (auto more = receive(deadline); !more) return std::unexpected(std::move(more.error()));
  }
}

Try<std::int64_t> Client::request(std::string_view method, const proto::Params& params) {
  std::string frame;
  proto::write_request(frame, ++last_id_, method, params);
  if (frame.size() > proto::max_request_bytes) {
    return std::unexpected(Failure{Outcome::usage, "too many units for one request", "use a glob or an @target"});
  }
  if (auto sent = send(frame); !sent) return std::unexpected(std::move(sent.error()));
  return last_id_;
}

Try<proto::Message> Client::answer(std::int64_t id, Instant deadline) {
  for (;;) {
    Try<proto::Message> message = next(deadline);
    if (!message) return message;
    if (!ends_request(*message, id)) continue;
    if (message->kind() == proto::MessageKind::error) return std::unexpected(failure_of(message->fault()));
    return message;
  }
}

Try<proto::Message> Client::call(std::string_view method, const proto::Params& params) {
  Try<std::int64_t> id = request(method, params);
  if (!id) return std::unexpected(std::move(id.error()));
  return answer(*id);
}

}  // namespace supd::ctl

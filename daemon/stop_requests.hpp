#pragma once

/// The signals that tell supd itself something: SIGTERM and SIGINT stop it, a second one makes it
/// impatient; SIGHUP makes it read its configuration again; SIGUSR1 makes it open log files anew.

#include "daemon/io/loop.hpp"
#include "daemon/sys/fd.hpp"
#include "daemon/sys/signals.hpp"

namespace supd {

struct StopRequest {
  int signal = 0;
  bool again = false;  ///< not the first one
};

struct StopListener {
  virtual void on_stop_request(const StopRequest& request) = 0;
  virtual void on_reload_request() = 0;
  virtual void on_reopen_request() = 0;

 protected:
  ~StopListener() = default;
};

class StopRequests final : io::PollSink {
 public:
  StopRequests(io::Loop& loop, StopListener& listener);
  ~StopRequests();
  StopRequests(const StopRequests&) = delete;
  StopRequests& operator=(const StopRequests&) = delete;

 private:
  void on_poll(io::OpId id, unsigned revents, int error) noexcept override;
  void take(const sys::PendingSignal& pending);

  io::Loop& loop_;
  StopListener& listener_;
  sys::UniqueFd fd_;
  io::OpId poll_{};
  int seen_ = 0;
};

}  // namespace supd

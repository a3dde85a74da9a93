#pragma once

/// The signals that supd itself is sent, and what is to be done about them. All that a process may send are taken,
/// so that none ends supd by its default disposition and leaves services behind; but for those of the terminal's job
/// control, and those that say that supd is broken.

#include <optional>
#include <span>
#include <vector>

#include "config/daemon_config.hpp"
#include "daemon/io/loop.hpp"
#include "daemon/sys/fd.hpp"
#include "daemon/sys/signals.hpp"

namespace supd {

struct SignalListener {
  virtual void on_signal(int signal, config::SignalUse use) = 0;

 protected:
  ~SignalListener() = default;
};

/// What it does where `[signals]` does not say (see the key's help); `machine`: to the init of a machine.
[[nodiscard]] config::SignalUse default_use(int signal, bool machine = false);

/// What is taken, in ascending order. To be blocked before the first thread is made.
[[nodiscard]] std::span<const int> watched_signals();

class SignalWatch final : io::PollSink {
 public:
  SignalWatch(io::Loop& loop, SignalListener& listener, bool machine);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// What [signals] says, from now on.
  void set_rules(std::vector<config::SignalRule> rules) { rules_ = std::move(rules); }

 private:
  void on_poll(io::OpId id, unsigned revents, int error) noexcept override;
  [[nodiscard]] config::SignalUse use_of(int signal) const;

  io::Loop& loop_;
  SignalListener& listener_;
  std::vector<config::SignalRule> rules_;
  sys::UniqueFd fd_;
  io::OpId poll_{};
  bool machine_;
};

}  // namespace supd

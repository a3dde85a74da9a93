#pragma once

/// Transitions as lines of supd's own log, at a bounded rate: a crash loop must not drown the rest.

#include <cstdint>
#include <string>

#include "daemon/event_log.hpp"
#include "units/base/time.hpp"

namespace supd {

class TransitionNotes {
 public:
  static constexpr double lines_per_second = 5;
  static constexpr double burst = 200;

  /// Whether a transition to this state would be written at all: asked before its text is made.
  [[nodiscard]] static bool wants(State to);
  /// "web: running (pid 42): its process was started". Info for what people wait for, warn for
  /// failures, debug for the steps in between.
  void note(const Transition& transition, Instant now, const std::string& name, const std::string& cause);

 private:
  [[nodiscard]] bool admit(Instant now);

  double tokens_ = burst;
  Instant last_{};
  std::uint64_t swallowed_ = 0;
};

}  // namespace supd

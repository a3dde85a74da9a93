#pragma once

/// The timers of FakeLoop: they fire in the order of their times, and equal ones in the order they were set in.

#include <algorithm>
#include <optional>
#include <vector>

#include "daemon/io/loop.hpp"

namespace supd::log {

class FakeTimers {
 public:
  struct Timer {
    io::OpId id;
    io::TimerSink* sink;
    Instant at;
  };

  void add(io::OpId id, io::TimerSink& sink, Instant at) { timers_.push_back({id, &sink, at}); }
  void remove(io::OpId id) {
    std::erase_if(timers_, [&](const Timer& timer) { return timer.id == id; });
  }
  /// The first that is due until then, which is set no longer.
  std::optional<Timer> take(Instant until) {
    auto first =
        std::min_element(timers_.begin(), timers_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    if (first == timers_.end() || first->at > until) return {};
    Timer due = *first;
    timers_.erase(first);
    return due;
  }
  [[nodiscard]] std::size_t size() const { return timers_.size(); }

 private:
  std::vector<Timer> timers_;
};

}  // namespace supd::log

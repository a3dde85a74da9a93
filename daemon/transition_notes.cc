#include "daemon/transition_notes.hpp"

#include <algorithm>
#include <utility>

#include "daemon/log/own_log.hpp"

namespace supd {
namespace {

log::Level level_of(State to) {
  switch (to) {
    case State::running:
    case State::completed:
    case State::inactive: return log::Level::info;
    case State::backoff:
    case State::failed: return log::Level::warn;
    case State::waiting:
    case State::starting:
    case State::stopping: return log::Level::debug;
  }
  std::unreachable();
}

void write(log::Level level, const std::string& line) {
  switch (level) {
    case log::Level::debug: log::debug(line); break;
    case log::Level::info: log::info(line); break;
    case log::Level::warn: log::warn(line); break;
    case log::Level::error: log::error(line); break;
  }
}

}  // namespace

void TransitionNotes::note(const Transition& transition, Instant now, const std::string& name,
                           const std::string& cause) {
  if (!admit(now)) return;
  if (swallowed_ > 0) {
    log::info(std::to_string(std::exchange(swallowed_, 0)) + " transitions not shown; see supctl events");
  }
  std::string line = name + ": " + std::string(state_name(transition.to));
  if (transition.to == State::running && transition.pid != 0) line += " (pid " + std::to_string(transition.pid) + ")";
  write(level_of(transition.to), line + ": " + cause);
}

/// A token bucket.
bool TransitionNotes::admit(Instant now) {
  double passed = std::chrono::duration<double>(now - last_).count();
  last_ = now;
  tokens_ = std::min(burst, tokens_ + passed * lines_per_second);
  if (tokens_ < 1) {
    ++swallowed_;
    return false;
  }
  tokens_ -= 1;
  return true;
}

bool TransitionNotes::wants(State to) { return log::would_log(level_of(to)); }

}  // namespace supd

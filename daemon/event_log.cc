#include "daemon/event_log.hpp"

#include <algorithm>

namespace supd {

const Transition& EventLog::add(Transition transition) {
  transition.sequence = next_++;
  std::size_t place = (transition.sequence - 1) % capacity;
  if (place < ring_.size()) {
    ring_[place] = transition;
  } else {
    ring_.push_back(transition);
  }
  return ring_[place];
}

std::vector<Transition> EventLog::last(std::size_t count) const {
  std::vector<Transition> out;
  std::uint64_t kept = std::min<std::uint64_t>(count, ring_.size());
  out.reserve(kept);
  for (std::uint64_t sequence = next_ - kept; sequence < next_; ++sequence) {
    out.push_back(ring_[(sequence - 1) % capacity]);
  }
  return out;
}

}  // namespace supd

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

void EventLog::settle(UnitId unit, const std::string& name) {
  std::shared_ptr<const std::string> shared;
  auto keep = [&](UnitId& id, std::shared_ptr<const std::string>& kept) {
    if (id != unit) return;
    if (!shared) shared = std::make_shared<const std::string>(name);
    id = {};
    kept = shared;
  };
  for (Transition& transition : ring_) {
    keep(transition.unit, transition.gone_name);
    keep(transition.cause.other, transition.cause.gone_name);
  }
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

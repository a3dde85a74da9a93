#include "daemon/io/uring_places.hpp"

#include "units/base/assert.hpp"

namespace supd::io::uring {

bool Places::begin(std::uint64_t place, OpId id) {
  Place& there = places_[place];
  if (there.in_flight >= writes_max) {
    there.waiting.push_back(id);
    return false;
  }
  ++there.in_flight;
  return true;
}

OpId Places::end(std::uint64_t place) {
  Place& there = places_[place];
  SUPD_ASSERT(there.in_flight > 0);
  --there.in_flight;
  return next(place);
}

OpId Places::next(std::uint64_t place) {
  const auto found = places_.find(place);
  if (found == places_.end()) return {};
  Place& there = found->second;
  OpId id;
  if (!there.waiting.empty()) {
    id = there.waiting.front();
    there.waiting.pop_front();
  } else if (there.in_flight == 0) {
    places_.erase(found);
  }
  return id;
}

}  // namespace supd::io::uring

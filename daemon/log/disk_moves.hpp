#pragma once

/// When each disk last finished something for us: one that does so, however slowly, is waited for, and one that
/// hangs is not. See io::Job::place() for what names a disk.

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "units/base/time.hpp"

namespace supd::log {

class DiskMoves {
 public:
  static constexpr std::size_t max_places = 256;  ///< more than that, and all are forgotten: they are in use again soon

  void moved(std::uint64_t place, Instant now) {
    if (last_.size() >= max_places && !last_.contains(place)) last_.clear();
    last_[place] = now;
  }
  /// Long ago for a place that is not known.
  [[nodiscard]] Instant last(std::uint64_t place) const {
    auto found = last_.find(place);
    return found == last_.end() ? Instant{} : found->second;
  }

 private:
  std::unordered_map<std::uint64_t, Instant> last_;
};

}  // namespace supd::log

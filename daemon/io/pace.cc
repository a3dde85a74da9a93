#include "daemon/io/pace.hpp"

#include <algorithm>

namespace supd::io {

void Pace::note(std::size_t new_bytes, std::size_t stream_bytes, bool first_piece) {
  total_ += new_bytes;
  peak_ = std::max(peak_, stream_bytes);
  streams_ += first_piece ? 1 : 0;
}

Duration Pace::after_batch(Instant now) {
  nap_ = next_nap(now - last_);
  last_ = now;
  total_ = peak_ = streams_ = 0;
  return nap_;
}

Duration Pace::next_nap(Duration gap) {
  if (nap_ > Duration{0}) {
    if (total_ < quiet_batch) {
      small_in_a_row_ = 0;
      return Duration{0};
    }
    if (peak_ >= nearly_full) return nap_ / 2 < first / 2 ? Duration{0} : nap_ / 2;
    return peak_ < nearly_full / 2 ? std::min(longest, nap_ * 3 / 2) : nap_;
  }
  bool small = streams_ > 0 && total_ / streams_ < small_batch && gap < busy_gap;
  small_in_a_row_ = small ? small_in_a_row_ + 1 : 0;
  return small_in_a_row_ >= patience ? first : Duration{0};
}

}  // namespace supd::io

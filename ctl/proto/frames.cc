#include "ctl/proto/frames.hpp"

namespace supd::proto {

void Framer::push(std::string_view bytes) {
  if (overflowed_) return;
  buffer_.erase(0, taken_);
  scanned_ -= taken_;
  taken_ = 0;
  buffer_.append(bytes);
}

std::optional<std::string_view> Framer::next() {
  while (!overflowed_) {
    std::size_t newline = buffer_.find('\n', scanned_);
    bool whole = newline != std::string::npos;
    std::size_t end = whole ? newline : buffer_.size();
    if (end - taken_ > max_frame_) {
      overflowed_ = true;
      buffer_ = {};
      taken_ = scanned_ = 0;
      break;
    }
    scanned_ = end;
    if (!whole) break;
    std::string_view frame = std::string_view(buffer_).substr(taken_, newline - taken_);
    taken_ = scanned_ = newline + 1;
    if (frame.ends_with('\r')) frame.remove_suffix(1);
    if (!frame.empty()) return frame;
  }
  return std::nullopt;
}

}  // namespace supd::proto

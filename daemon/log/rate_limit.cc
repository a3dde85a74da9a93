#include "daemon/log/rate_limit.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "units/base/quantity.hpp"

namespace supd::log {

RateLimit::RateLimit(std::uint64_t rate, std::uint64_t burst)
    : rate_(rate), burst_(burst == 0 ? rate : burst), tokens_(static_cast<double>(burst_)) {}

void RateLimit::set(std::uint64_t rate, std::uint64_t burst) {
  rate_ = rate;
  burst_ = burst == 0 ? rate : burst;
}

void RateLimit::fill(Instant now) {
  double seconds = std::chrono::duration<double>(now - std::exchange(filled_, now)).count();
  tokens_ = std::min(static_cast<double>(burst_), tokens_ + seconds * static_cast<double>(rate_));
}

bool RateLimit::admit(Stream stream, const Line& line, Instant now) {
  std::size_t size = line.text.size() + (line.end == LineEnd::newline ? 1 : 0);
  Within& within = within_[static_cast<std::size_t>(stream)];
  if (within == Within::nothing) {
    fill(now);
    within = tokens_ > 0 ? Within::passing : Within::dropping;
  }
  bool passes = within == Within::passing;
  bool ends = !goes_on(line.end);
  if (ends) within = Within::nothing;
  if (passes) {
    tokens_ -= static_cast<double>(size);
    return true;
  }
  lines_ += ends ? 1 : 0;
  unreported_lines_ += ends ? 1 : 0;
  bytes_ += size;
  unreported_bytes_ += size;
  return false;
}

std::string RateLimit::take_report() {
  std::uint64_t lines = std::exchange(unreported_lines_, 0), bytes = std::exchange(unreported_bytes_, 0);
  return std::to_string(lines) + " lines, " + std::to_string(bytes) + " bytes dropped: more than " + size_text(rate_) +
         " per second";
}

}  // namespace supd::log

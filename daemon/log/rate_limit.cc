#include "daemon/log/rate_limit.hpp"

#include <algorithm>
#include <utility>

#include "units/base/quantity.hpp"

namespace supd::log {
namespace {

constexpr std::uint64_t greatest = std::uint64_t{1} << 40;

Rate bounded(Rate rate) {
  std::uint64_t burst = rate.burst == 0 ? rate.per_second : rate.burst;
  return {std::min(rate.per_second, greatest), std::min(burst, greatest)};
}

}  // namespace

TokenBucket::TokenBucket(Rate rate) : rate_(bounded(rate)), level_(capacity()) {}

TokenBucket::Wide TokenBucket::capacity() const { return Wide{rate_.burst} * unit; }

void TokenBucket::set(Rate rate) {
  bool began = !limits();
  rate_ = bounded(rate);
  level_ = began ? capacity() : std::min(level_, capacity());
}

void TokenBucket::fill(Instant now) {
  Duration passed = now - std::exchange(filled_, now);
  level_ = std::min(capacity(), level_ + Wide{passed.count()} * Wide{rate_.per_second});
}

void TokenBucket::take(std::uint64_t count) {
  if (limits()) level_ -= Wide{count} * unit;
}

void RateLimit::set(Rate bytes, Rate lines) {
  bytes_.set(bytes);
  lines_.set(lines);
}

/// Whether the line that begins now passes; both limits have to let it.
bool RateLimit::begins(Instant now) {
  bytes_.fill(now);
  lines_.fill(now);
  bool bytes_hold = !bytes_.has_some(), lines_hold = !lines_.has_one();
  if (bytes_hold || lines_hold) {
    if (std::exchange(told_, false)) by_bytes_ = by_lines_ = false;
    by_bytes_ |= bytes_hold;
    by_lines_ |= lines_hold;
    return false;
  }
  lines_.take(1);
  return true;
}

bool RateLimit::admit(Stream stream, const Line& line, Instant now) {
  std::size_t size = line.text.size() + (line.end == LineEnd::newline ? 1 : 0);
  Within& within = within_[static_cast<std::size_t>(stream)];
  if (within == Within::nothing) within = begins(now) ? Within::passing : Within::dropping;
  bool passes = within == Within::passing;
  bool ends = !goes_on(line.end);
  if (ends) within = Within::nothing;
  if (passes) {
    bytes_.take(size);
    return true;
  }
  dropped_lines_ += ends ? 1 : 0;
  unreported_lines_ += ends ? 1 : 0;
  dropped_bytes_ += size;
  unreported_bytes_ += size;
  return false;
}

std::string RateLimit::take_report() {
  std::uint64_t lines = std::exchange(unreported_lines_, 0), bytes = std::exchange(unreported_bytes_, 0);
  told_ = true;
  std::string out = std::to_string(lines) + " lines, " + std::to_string(bytes) + " bytes dropped: more than ";
  if (by_bytes_) out += size_text(bytes_.per_second());
  if (by_bytes_ && by_lines_) out += " or ";
  if (by_lines_) out += std::to_string(lines_.per_second()) + " lines";
  return out + " per second";
}

}  // namespace supd::log

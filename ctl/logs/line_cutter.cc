#include "ctl/logs/line_cutter.hpp"

#include <algorithm>
#include <cstring>

namespace supd::ctl::logs {

void LineCutter::begin(std::uint64_t offset) {
  begin_ = end_ = searched_ = 0;
  offset_ = offset;
  continues_ = false;
}

std::span<char> LineCutter::room() {
  if (begin_ != 0 && buffer_.size() - end_ < read_bytes) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, waiting());
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < read_bytes) buffer_.resize(std::max(buffer_.size() * 2, end_ + read_bytes));
  return {buffer_.data() + end_, read_bytes};
}

FileLine LineCutter::take(std::size_t size, std::size_t skip, bool goes_on) {
  FileLine out{{buffer_.data() + begin_, size}, offset_, goes_on, continues_};
  continues_ = goes_on;
  begin_ += size + skip;
  searched_ = begin_;
  offset_ += size + skip;
  return out;
}

std::optional<FileLine> LineCutter::next() {
  const void* found = searched_ == end_ ? nullptr : std::memchr(buffer_.data() + searched_, '\n', end_ - searched_);
  if (found != nullptr) {
    auto at = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
    if (at - begin_ > longest_line) return take(longest_line, 0, true);
    return take(at - begin_, 1, false);
  }
  searched_ = end_;
  if (waiting() > longest_line) return take(longest_line, 0, true);
  return std::nullopt;
}

std::optional<FileLine> LineCutter::rest() {
  if (waiting() == 0) return std::nullopt;
  return take(waiting(), 0, false);
}

}  // namespace supd::ctl::logs

#pragma once

/// The newest records of several units in time order, with bounded memory: what does not fit is the oldest.

#include <cstdint>
#include <deque>
#include <vector>

#include "ctl/proto/messages.hpp"

namespace supd::control {

/// Memory that a record takes, about.
[[nodiscard]] std::size_t weight(const proto::LogRecord& record);

class LogTail {
 public:
  LogTail(std::size_t max_records, std::size_t max_bytes) : max_records_(max_records), max_bytes_(max_bytes) {}

  /// `last_us` belongs to the record's unit and starts at INT64_MIN: the unit's records keep their order
  /// even when the wall clock was set back between them.
  void add(proto::LogRecord record, std::int64_t& last_us);

  /// All records, oldest first; empty afterwards.
  [[nodiscard]] std::deque<proto::LogRecord> take();

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }  ///< for want of bytes, not of lines

 private:
  struct Kept {
    std::int64_t at_us;
    std::uint64_t order;  ///< of arrival, among equal times
    proto::LogRecord record;
  };
  static bool newer(const Kept& a, const Kept& b);
  void drop_oldest();

  std::size_t max_records_, max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t arrivals_ = 0, dropped_ = 0;
  std::vector<Kept> heap_;  ///< the oldest in front
};

}  // namespace supd::control

#pragma once

/// Records that supd had in memory, as a stream beside those of files.

#include <vector>

#include "ctl/logs/unit_log.hpp"

namespace supd::ctl::logs {

class MemoryLog final : public RecordStream {
 public:
  /// `records` in the order in which they are shown; those that are not wanted are dropped.
  MemoryLog(std::vector<proto::LogRecord> records, const Selection& selection) : records_(std::move(records)) {
    std::erase_if(records_, [&](const proto::LogRecord& record) { return !selection.accepts(record); });
    left_ = records_.size();
  }
  [[nodiscard]] bool next(proto::LogRecord& out) override {
    if (next_ == records_.size()) return false;
    out = std::move(records_[next_++]);
    return true;
  }
  /// The time of the record before the one that was asked for last; false: there is none.
  [[nodiscard]] bool back(std::int64_t& time_us) {
    if (left_ == 0) return false;
    time_us = records_[--left_].time_us;
    return true;
  }
  /// next() gives the last so many.
  void keep_last(std::size_t count) { next_ = records_.size() - count; }

 private:
  std::vector<proto::LogRecord> records_;
  std::size_t next_ = 0, left_ = 0;
};

}  // namespace supd::ctl::logs

#include "daemon/control/log_tail.hpp"

#include <algorithm>
#include <tuple>

namespace supd::control {

std::size_t weight(const proto::LogRecord& record) { return sizeof record + record.unit.size() + record.text.size(); }

bool LogTail::newer(const Kept& a, const Kept& b) { return std::tie(a.at_us, a.order) > std::tie(b.at_us, b.order); }

void LogTail::add(proto::LogRecord record, std::int64_t& last_us) {
  last_us = std::max(last_us, record.time_us);
  bytes_ += weight(record);
  heap_.push_back({last_us, arrivals_++, std::move(record)});
  std::ranges::push_heap(heap_, newer);
  while (heap_.size() > max_records_) drop_oldest();
  while (bytes_ > max_bytes_) {
    drop_oldest();
    ++dropped_;
  }
}

void LogTail::drop_oldest() {
  std::ranges::pop_heap(heap_, newer);
  bytes_ -= weight(heap_.back().record);
  heap_.pop_back();
}

std::deque<proto::LogRecord> LogTail::take() {
  std::ranges::sort(heap_, [](const Kept& a, const Kept& b) { return newer(b, a); });
  std::deque<proto::LogRecord> records;
  for (Kept& kept : heap_) records.push_back(std::move(kept.record));
  heap_ = {};
  bytes_ = 0;
  return records;
}

}  // namespace supd::control

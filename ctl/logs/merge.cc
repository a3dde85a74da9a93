#include "ctl/logs/merge.hpp"

#include <algorithm>

namespace supd::ctl::logs {

Merge::Merge(std::span<RecordStream* const> streams)
    : streams_(streams.begin(), streams.end()), records_(streams.size()) {
  for (std::size_t i = 0; i < streams_.size(); ++i) fetch(i, INT64_MIN);
}

void Merge::fetch(std::size_t stream, std::int64_t not_before_us) {
  if (!streams_[stream]->next(records_[stream])) return;
  heap_.push_back({std::max(records_[stream].time_us, not_before_us), stream});
  std::push_heap(heap_.begin(), heap_.end());
}

/// The record after the one that was given last is fetched only now: until then its stream stands where it was.
bool Merge::next(proto::LogRecord& out) {
  if (from_ != SIZE_MAX) fetch(from_, last_us_);
  from_ = SIZE_MAX;
  if (heap_.empty()) return false;
  std::pop_heap(heap_.begin(), heap_.end());
  from_ = heap_.back().stream;
  last_us_ = heap_.back().at_us;
  heap_.pop_back();
  std::swap(out, records_[from_]);
  return true;
}

}  // namespace supd::ctl::logs

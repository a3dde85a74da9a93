#include "ctl/logs/tail_start.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "ctl/logs/merge.hpp"

namespace supd::ctl::logs {
namespace {

/// One log, gone through from its end.
struct Tail {
  UnitLog* log = nullptr;
  std::unique_ptr<BackReader> reader;
  MemoryLog* memory = nullptr;  ///< in place of both
  std::int64_t at_us = INT64_MAX;
  Position next{};  ///< of the record that at_us is of
  std::optional<Position> start{};
  std::size_t taken = 0;

  /// The record before.
  bool fetch() {
    Hit hit;
    bool found = memory != nullptr ? memory->back(hit.time_us) : reader->back(hit);
    next = hit.at;
    at_us = std::min(at_us, hit.time_us);  // its own order counts, also where the clock was set back
    return found;
  }
  void take() {
    start = next;
    ++taken;
  }
  void begin() const {
    if (memory != nullptr) return memory->keep_last(taken);
    start ? log->start_at(*start) : log->start_at_end();
  }
};

bool is_older(const Tail* a, const Tail* b) { return a->at_us < b->at_us; }

void start_from_the_end(std::span<UnitLog* const> logs, MemoryLog* memory, std::size_t count) {
  std::vector<Tail> tails;
  for (UnitLog* log : logs) {
    tails.push_back({.log = log, .reader = std::make_unique<BackReader>(log->back_reader(count))});
  }
  if (memory != nullptr) tails.push_back({.memory = memory});
  std::vector<Tail*> heap;
  for (Tail& tail : tails) {
    if (count != 0 && tail.fetch()) heap.push_back(&tail);
  }
  std::ranges::make_heap(heap, is_older);
  for (; count != 0 && !heap.empty(); --count) {
    std::ranges::pop_heap(heap, is_older);
    heap.back()->take();
    if (count > 1 && heap.back()->fetch()) {
      std::ranges::push_heap(heap, is_older);
    } else {
      heap.pop_back();
    }
  }
  for (const Tail& tail : tails) tail.begin();
}

/// Goes over all that is wanted, and remembers where the last of it stood.
void start_after_counting(std::span<UnitLog* const> logs, std::size_t count) {
  struct Place {
    std::size_t log;
    Position at;
  };
  std::vector<RecordStream*> streams;
  for (UnitLog* log : logs) {
    log->start_at_selection();
    streams.push_back(log);
  }
  std::deque<Place> last;
  Merge merge(streams);
  for (proto::LogRecord record; merge.next(record);) {
    last.push_back({merge.from(), logs[merge.from()]->position()});
    if (last.size() > count) last.pop_front();
  }
  for (std::size_t i = 0; i < logs.size(); ++i) {
    auto first = std::ranges::find(last, i, &Place::log);
    logs[i]->rewind();
    first == last.end() ? logs[i]->start_at_end() : logs[i]->start_at(first->at);
  }
}

}  // namespace

void start_at_last(std::span<UnitLog* const> logs, MemoryLog* memory, std::size_t count, bool by_run) {
  if (!by_run) return start_from_the_end(logs, memory, count);
  start_after_counting(logs, count);
}

}  // namespace supd::ctl::logs

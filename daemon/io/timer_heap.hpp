#pragma once

/// Deadlines in a 4-ary heap: O(log n) add, remove and pop, one entry per op slot. Equal deadlines come
/// out in the order in which they were added.

#include <cstdint>
#include <vector>

#include "units/base/time.hpp"

namespace supd::io {

class TimerHeap {
 public:
  void add(std::uint32_t slot, Instant at);
  /// Whether there was a deadline for this slot.
  bool remove(std::uint32_t slot);

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  /// The earliest deadline, or never.
  [[nodiscard]] Instant next() const { return heap_.empty() ? Instant::never() : heap_.front().at; }
  /// Takes the earliest entry out and returns its slot. Not when empty.
  std::uint32_t pop();

 private:
  struct Entry {
    Instant at;
    std::uint64_t sequence;
    std::uint32_t slot;
    [[nodiscard]] bool before(const Entry& other) const {
      return at != other.at ? at < other.at : sequence < other.sequence;
    }
  };
  static constexpr std::size_t arity = 4;
  static constexpr std::uint32_t nowhere = UINT32_MAX;

  void put(std::size_t index, const Entry& entry);
  void rise(std::size_t index, const Entry& entry);
  void sink(std::size_t index, const Entry& entry);
  void remove_at(std::size_t index);

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> position_;  ///< slot → index in heap_, or nowhere
  std::uint64_t sequence_ = 0;
};

}  // namespace supd::io

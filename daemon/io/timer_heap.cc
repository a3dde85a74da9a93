#include "daemon/io/timer_heap.hpp"

#include <algorithm>

#include "units/base/assert.hpp"

namespace supd::io {

void TimerHeap::add(std::uint32_t slot, Instant at) {
  if (slot >= position_.size()) position_.resize(slot + 1, nowhere);
  SUPD_ASSERT(position_[slot] == nowhere);
  heap_.emplace_back();
  rise(heap_.size() - 1, Entry{at, ++sequence_, slot});
}

bool TimerHeap::remove(std::uint32_t slot) {
  if (slot >= position_.size() || position_[slot] == nowhere) return false;
  remove_at(position_[slot]);
  return true;
}

std::uint32_t TimerHeap::pop() {
  SUPD_ASSERT(!heap_.empty());
  const std::uint32_t slot = heap_.front().slot;
  remove_at(0);
  return slot;
}

void TimerHeap::put(std::size_t index, const Entry& entry) {
  heap_[index] = entry;
  position_[entry.slot] = static_cast<std::uint32_t>(index);
}

void TimerHeap::rise(std::size_t index, const Entry& entry) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / arity;
    if (!entry.before(heap_[parent])) break;
    put(index, heap_[parent]);
    index = parent;
  }
  put(index, entry);
}

void TimerHeap::sink(std::size_t index, const Entry& entry) {
  while (true) {
    const std::size_t first = index * arity + 1;
    if (first >= heap_.size()) break;
    const std::size_t last = std::min(first + arity, heap_.size());
    std::size_t least = first;
    for (std::size_t child = first + 1; child < last; ++child) {
      if (heap_[child].before(heap_[least])) least = child;
    }
    if (!heap_[least].before(entry)) break;
    put(index, heap_[least]);
    index = least;
  }
  put(index, entry);
}

void TimerHeap::remove_at(std::size_t index) {
  position_[heap_[index].slot] = nowhere;
  const Entry moved = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  // The entry from the back may belong above or below the hole.
  if (index > 0 && moved.before(heap_[(index - 1) / arity])) {
    rise(index, moved);
  } else {
    sink(index, moved);
  }
}

}  // namespace supd::io

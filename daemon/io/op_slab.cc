#include "daemon/io/op_slab.hpp"

#include <utility>

#include "units/base/assert.hpp"

namespace supd::io {

Op& OpSlab::open() {
  if (free_head_ == none) grow();
  Op& op = at(free_head_);
  free_head_ = op.next;
  op.next = none;
  ++in_use_;
  return op;
}

Op* OpSlab::find(OpId id) {
  if (id.generation == 0 || id.slot >= slots()) return nullptr;
  Op& op = at(id.slot);
  return op.id.generation == id.generation && op.part.index() != 0 ? &op : nullptr;
}

void OpSlab::close(Op& op) {
  OpId next_id{op.id.slot, op.id.generation + 1};
  if (next_id.generation == 0) next_id.generation = 1;
  op = Op{};
  op.id = next_id;
  op.next = free_head_;
  free_head_ = next_id.slot;
  --in_use_;
}

void OpSlab::keep_for_ever() {
  static auto* const kept = new std::vector<std::unique_ptr<Op[]>>;
  for (auto& chunk : chunks_) kept->push_back(std::move(chunk));
  chunks_.clear();
  free_head_ = none;
}

void OpSlab::grow() {
  const std::uint32_t first = slots();
  SUPD_ASSERT(first + chunk_size <= slots_max);
  chunks_.push_back(std::make_unique<Op[]>(chunk_size));
  for (std::uint32_t i = chunk_size; i-- > 0;) {
    Op& op = at(first + i);
    op.id = {first + i, 1};
    op.next = free_head_;
    free_head_ = first + i;
  }
}

}  // namespace supd::io

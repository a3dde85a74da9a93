#pragma once

/// Owns the ops of a loop: stable addresses, O(1) open and close, no allocation in the steady state,
/// and generations that make the ids of closed ops stale.

#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/io/op.hpp"

namespace supd::io {

class OpSlab {
 public:
  /// Slots fit into 24 bits, so that an id and a tag fit into a completion's 64 bits of user data. More
  /// ops than that at once is a programmer's error: units and sessions are bounded far below it.
  static constexpr std::uint32_t slots_max = 1U << 24;

  /// A fresh op with an id of its own; everything else as default-constructed.
  Op& open();
  /// The op of this id, or nullptr when the id is stale.
  [[nodiscard]] Op* find(OpId id);
  [[nodiscard]] Op& at(std::uint32_t slot) { return chunks_[slot / chunk_size][slot % chunk_size]; }
  /// Ends the op: its id becomes stale and its memory may be used by the next open().
  void close(Op& op);

  [[nodiscard]] std::uint32_t in_use() const { return in_use_; }
  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(chunks_.size() * chunk_size); }
  /// Keeps all memory for the rest of the process's life, for when the kernel may still write to it.
  void keep_for_ever();

 private:
  static constexpr std::uint32_t chunk_size = 64;
  static constexpr std::uint32_t none = UINT32_MAX;

  void grow();

  std::vector<std::unique_ptr<Op[]>> chunks_;
  std::uint32_t free_head_ = none;
  std::uint32_t in_use_ = 0;
};

}  // namespace supd::io

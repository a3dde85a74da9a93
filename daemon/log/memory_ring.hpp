#pragma once

/// The last records of one unit, in memory. Costs nothing before the first record, grows block by
/// block up to its limit, then overwrites its oldest block of whole records.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "units/base/ids.hpp"

namespace supd::log {

struct RingRecord {
  enum Flag : std::uint8_t { from_stderr = 1, line_goes_on = 2, note = 4 };

  std::int64_t time_us = 0;  ///< wall time, microseconds since 1970
  std::uint8_t flags = 0;
  std::string_view text;
  RunId run{};  ///< that wrote it, or during which it was said; not valid: before the first run

  [[nodiscard]] bool has(Flag flag) const { return (flags & flag) != 0; }
};

class MemoryRing {
 public:
  /// Bounds of the limit when it is not 0; values outside are clamped.
  static constexpr std::uint64_t least_bytes = 1024;
  static constexpr std::uint64_t greatest_bytes = 1ULL << 30;

  /// `limit` bounds all memory held, in bytes; 0 keeps nothing.
  explicit MemoryRing(std::uint64_t limit);
  ~MemoryRing();
  MemoryRing(const MemoryRing&) = delete;
  MemoryRing& operator=(const MemoryRing&) = delete;

  /// Copies the record. One that is larger than a quarter of the ring is kept in pieces, all but the
  /// last with line_goes_on.
  void append(RingRecord record);

  /// Many records at once: `block` holds whole lines, each with its newline.
  void append_lines(std::int64_t time_us, std::uint8_t flags, std::string_view block, RunId run = {});

  /// Another limit; the newest records stay as far as they fit.
  void set_limit(std::uint64_t limit);

  /// The last `count` records, oldest first. The texts are valid until the next append().
  [[nodiscard]] std::vector<RingRecord> tail(std::size_t count) const;

  [[nodiscard]] std::size_t records() const { return records_; }
  [[nodiscard]] std::size_t bytes_held() const { return held_; }
  [[nodiscard]] std::uint32_t limit() const { return limit_; }

 private:
  struct Block;

  [[nodiscard]] static std::uint32_t bounded(std::uint64_t limit);
  void append_all(const Block& block);

  [[nodiscard]] static RingRecord read(const Block& block, const char*& at);
  void put(const RingRecord& record);
  void add_block(std::uint32_t need);
  [[nodiscard]] std::uint32_t next_capacity(std::uint32_t need) const;
  Block* take_oldest();

  Block* oldest_ = nullptr;
  Block* newest_ = nullptr;
  std::size_t records_ = 0;
  std::uint32_t limit_;
  std::uint32_t held_ = 0;  ///< bytes of all blocks, with their heads
};

}  // namespace supd::log

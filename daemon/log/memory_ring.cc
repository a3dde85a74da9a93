#include "daemon/log/memory_ring.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "daemon/log/format/line.hpp"

namespace supd::log {
namespace {

constexpr std::uint32_t first_block = 512;
constexpr std::uint32_t largest_block = 16 * 1024;

/// Stands before each text in a block, unaligned.
struct RecordHead {
  std::int64_t time_us;
  std::uint32_t size;
  std::uint32_t flags_and_run;  ///< 8 bits of flags; above them the run, counted from that of the block, 0: none
};

constexpr unsigned flag_bits = 8;
constexpr std::uint64_t runs_of_a_block = 1ULL << (32 - flag_bits);

}  // namespace

/// One allocation: this head and `capacity` bytes of records behind it.
struct MemoryRing::Block {
  Block* next = nullptr;
  std::uint32_t capacity = 0;
  std::uint32_t used = 0;
  std::uint32_t records = 0;
  std::uint64_t first_run = 0;  ///< what the runs of its records are counted from

  static Block* make(std::uint32_t capacity) {
    auto* block = new (::operator new(sizeof(Block) + capacity)) Block;
    block->capacity = capacity;
    return block;
  }
  static void destroy(Block* block) { ::operator delete(block); }

  char* bytes() { return static_cast<char*>(static_cast<void*>(this + 1)); }
  [[nodiscard]] const char* bytes() const { return static_cast<const char*>(static_cast<const void*>(this + 1)); }
  [[nodiscard]] std::uint32_t room() const { return capacity - used; }
  [[nodiscard]] bool counts(RunId run) const {
    return !run.valid() || (run.value > first_run && run.value - first_run < runs_of_a_block);
  }
  /// Around `run`: what a run before it still says may come after its first words.
  void count_around(RunId run) {
    constexpr std::uint64_t half = runs_of_a_block / 2;
    first_run = run.value > half ? run.value - half : 0;
  }
  [[nodiscard]] std::uint32_t total() const { return capacity + static_cast<std::uint32_t>(sizeof(Block)); }
};

std::uint32_t MemoryRing::bounded(std::uint64_t limit) {
  return limit == 0 ? 0 : static_cast<std::uint32_t>(std::clamp(limit, least_bytes, greatest_bytes));
}

MemoryRing::MemoryRing(std::uint64_t limit) : limit_(bounded(limit)) {}

MemoryRing::~MemoryRing() {
  while (oldest_ != nullptr) Block::destroy(take_oldest());
}

void MemoryRing::append(RingRecord record) {
  if (limit_ == 0) return;
  const std::size_t largest = limit_ / 4 - sizeof(RecordHead) - sizeof(Block);
  while (record.text.size() > largest) {
    RingRecord piece = record;
    piece.flags |= RingRecord::line_goes_on;
    piece.text = record.text.substr(0, largest);
    put(piece);
    record.text.remove_prefix(largest);
  }
  put(record);
}

void MemoryRing::append_lines(std::int64_t time_us, std::uint8_t flags, std::string_view block, RunId run) {
  if (limit_ == 0) return;
  // What would be overwritten within the call need not be written.
  if (block.size() > limit_) block.remove_prefix(block.find('\n', block.size() - limit_ - 1) + 1);
  each_line(block, [&](std::string_view text) { append({time_us, flags, text, run}); });
}

void MemoryRing::put(const RingRecord& record) {
  const auto size = static_cast<std::uint32_t>(record.text.size());
  const auto need = static_cast<std::uint32_t>(sizeof(RecordHead)) + size;
  if (newest_ == nullptr || newest_->room() < need || !newest_->counts(record.run)) {
    add_block(need);
    newest_->count_around(record.run);
  }
  const std::uint64_t run = record.run.valid() ? record.run.value - newest_->first_run : 0;
  const RecordHead head{record.time_us, size, static_cast<std::uint32_t>(run << flag_bits | record.flags)};
  char* to = newest_->bytes() + newest_->used;
  std::memcpy(to, &head, sizeof(head));
  if (head.size != 0) std::memcpy(to + sizeof(head), record.text.data(), head.size);
  newest_->used += need;
  ++newest_->records;
  ++records_;
}

void MemoryRing::set_limit(std::uint64_t limit) {
  limit_ = bounded(limit);
  while (held_ > limit_ && oldest_ != newest_) Block::destroy(take_oldest());
  if (held_ <= limit_) return;
  // One block that is larger than the whole ring may be.
  Block* last = take_oldest();
  append_all(*last);
  Block::destroy(last);
}

/// The record at `at`, which goes on to the next.
RingRecord MemoryRing::read(const Block& block, const char*& at) {
  RecordHead head;
  std::memcpy(&head, at, sizeof(head));
  at += sizeof(head);
  RingRecord out{head.time_us, static_cast<std::uint8_t>(head.flags_and_run), {at, head.size}};
  std::uint64_t run = head.flags_and_run >> flag_bits;
  if (run != 0) out.run.value = block.first_run + run;
  at += head.size;
  return out;
}

void MemoryRing::append_all(const Block& block) {
  const char* at = block.bytes();
  for (const char* end = at + block.used; at != end;) append(read(block, at));
}

/// Blocks double from small to large, so that a quiet unit stays small and a chatty one allocates rarely.
std::uint32_t MemoryRing::next_capacity(std::uint32_t need) const {
  const auto head = static_cast<std::uint32_t>(sizeof(Block));
  std::uint32_t total = std::clamp(held_, first_block, largest_block);
  total = std::min(total, limit_ / 4);
  return std::max(total - head, need);
}

void MemoryRing::add_block(std::uint32_t need) {
  const std::uint32_t capacity = next_capacity(need);
  const auto head = static_cast<std::uint32_t>(sizeof(Block));
  Block* block = nullptr;
  while (oldest_ != nullptr && held_ + capacity + head > limit_) {
    Block::destroy(block);
    block = take_oldest();
  }
  if (block == nullptr || block->capacity != capacity) {
    Block::destroy(block);
    block = Block::make(capacity);
  }
  block->next = nullptr;
  block->used = block->records = 0;
  (newest_ == nullptr ? oldest_ : newest_->next) = block;
  newest_ = block;
  held_ += block->total();
}

MemoryRing::Block* MemoryRing::take_oldest() {
  Block* block = oldest_;
  oldest_ = block->next;
  if (oldest_ == nullptr) newest_ = nullptr;
  records_ -= block->records;
  held_ -= block->total();
  return block;
}

std::vector<RingRecord> MemoryRing::tail(std::size_t count) const {
  std::size_t skip = records_ - std::min(count, records_);
  std::vector<RingRecord> out;
  out.reserve(records_ - skip);
  for (const Block* block = oldest_; block != nullptr; block = block->next) {
    if (skip >= block->records) {
      skip -= block->records;
      continue;
    }
    const char* at = block->bytes();
    for (const char* end = at + block->used; at != end;) {
      RingRecord record = read(*block, at);
      if (skip == 0) out.push_back(record);
      if (skip > 0) --skip;
    }
  }
  return out;
}

}  // namespace supd::log

#pragma once

/// A disk as its log files see it: how much waits for it, when it last finished anything for any of them, and which of
/// them stand in line because too much waits. One that moves, however slowly, is waited for; one that hangs is not.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include "daemon/io/loop.hpp"

namespace supd::log {

struct DiskWaiter {
  /// It is out of the line and may go on. From a turn of its own.
  virtual void on_disk_room() = 0;

 protected:
  ~DiskWaiter() = default;
};

class Disk final : io::TimerSink {
 public:
  /// Waiting: files stand in line then, and those in front go on as room comes, so that what is written is still in
  /// the CPU's caches.
  static constexpr std::size_t crowded_bytes = 3 * 1024 * 1024;
  static constexpr std::size_t grant = 96 * 1024;  ///< what one that goes on is likely to bring: a read, with stamps

  static constexpr Duration patience = 1ms;  ///< for bytes that do not come, while little waits

  explicit Disk(io::Loop& loop) : loop_(loop) {}
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// Bytes that wait for it.
  void add(std::size_t bytes);
  void remove(std::size_t bytes);
  [[nodiscard]] std::size_t pending() const { return pending_; }
  [[nodiscard]] bool crowded() const { return pending_ >= crowded_bytes; }

  void moved() { last_move_ = loop_.now(); }
  /// Or when something began to wait for it.
  [[nodiscard]] Instant last_move() const { return last_move_; }

  /// Not twice at a time.
  void stand_in_line(DiskWaiter& waiter) { line_.push_back(&waiter); }
  void leave_line(DiskWaiter& waiter) { std::erase(line_, &waiter); }

 private:
  void on_timer(io::OpId id, bool canceled) noexcept override;

  io::Loop& loop_;
  io::OpId timer_{};  ///< due at once: lets those in front go on
  std::size_t pending_ = 0;
  std::size_t granted_ = 0;  ///< bytes that those who went on may still bring; a guess
  Instant last_move_{};
  std::deque<DiskWaiter*> line_;
};

/// The disks that are in use, by io::Job::place().
class Disks {
 public:
  explicit Disks(io::Loop& loop) : loop_(loop) {}

  [[nodiscard]] std::shared_ptr<Disk> at(std::uint64_t place);
  /// For a file that is not to be in the way of others: nothing else ever waits for it.
  [[nodiscard]] std::shared_ptr<Disk> apart() const { return std::make_shared<Disk>(loop_); }

 private:
  io::Loop& loop_;
  std::unordered_map<std::uint64_t, std::weak_ptr<Disk>> disks_;
};

}  // namespace supd::log

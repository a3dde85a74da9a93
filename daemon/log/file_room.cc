/// The part of FileSink that decides how much it takes, and for how long it is waited for.

#include <algorithm>
#include <utility>

#include "daemon/log/file_sink.hpp"

namespace supd::log {

void FileSink::count(std::size_t bytes) {
  taken_ += bytes;
  shared_.buffers.add(bytes);
  disk_->add(bytes);
}

void FileSink::uncount(std::size_t bytes) {
  shared_.buffers.remove(bytes);
  disk_->remove(bytes);
}

/// What can't be written, or waits for somebody who reads a FIFO, is not in the way of other files.
void FileSink::choose_disk() {
  const bool apart = failing_ || (file_.is_open() && !file_.regular());
  if (apart && apart_) return;
  auto disk = apart ? shared_.disks.apart() : shared_.disks.at(file_.place());
  apart_ = apart;
  if (disk == disk_) return;
  if (std::exchange(in_line_, false)) disk_->leave_line(*this);
  disk->add(lag_bytes());
  if (disk_) disk_->remove(lag_bytes());
  disk_ = std::move(disk);
}

/// Up to where all files together may fill it. Who is waited for takes little at a time, and none of it may be lost;
/// and files that can't be written may not take all the room from those that can.
std::size_t FileSink::room_for_all() const {
  if (is_waited_for()) return SIZE_MAX;
  return failing_ || hangs() ? BufferPool::max_pending_bytes / 2 : BufferPool::max_pending_bytes;
}

/// Whether a record of `size` bytes has room; else it is counted as dropped. Once one was dropped, all
/// are until the drop note stands in the buffer, so that the note stands where the records are missing.
bool FileSink::admit(std::int64_t time_us, std::size_t size) {
  time_us_ = time_us;
  bool dropping = unreported_.records != 0 && (in_flight() || failing_);
  std::size_t bound = failing_ && !patient() ? max_pending_failed : max_pending;
  bool fits = pending_.empty() || pending_.size() + size <= bound;
  if (dropping || !fits || shared_.buffers.pending() + size > room_for_all()) {
    drop(1, size);
    tell_hang();
    return false;
  }
  count(size);
  if (pending_.empty()) oldest_ = shared_.loop.now();
  write_drop_note();
  return true;
}

/// When the disk last did something for any of its files, or was last asked to do something for this one.
Instant FileSink::disk_moved() const { return in_flight() ? std::max(begun_, disk_->last_move()) : disk_->last_move(); }

/// A disk that is only busy is waited for, as everybody who writes to it waits; one that hangs is not.
bool FileSink::is_waited_for() const {
  if (patient() || failing_) return patient();
  return !(in_flight() || in_line_) || shared_.loop.now() < disk_moved() + hang_time;
}

bool FileSink::full() {
  if (full_ || !is_waited_for()) return full_;
  in_line_ = disk_->crowded();
  full_ = in_line_ || pending_.size() > full_bytes;
  if (in_line_) disk_->stand_in_line(*this);
  if (full_) flush(false);
  watch_disk();
  return full_;
}

/// A full sink looks again when its disk may have stood still for too long.
void FileSink::watch_disk() {
  if (full_ && !patient() && (in_flight() || in_line_)) arm(disk_moved() + hang_time);
}

void FileSink::on_disk_room() {
  in_line_ = false;
  tell_room();
}

void FileSink::tell_room() {
  const bool enough = pending_.size() > full_bytes / 4;
  if (!full_ || (is_waited_for() && (in_line_ || enough))) return;
  if (std::exchange(in_line_, false)) disk_->leave_line(*this);
  full_ = false;
  if (room_ != nullptr) room_->on_room();
}

}  // namespace supd::log

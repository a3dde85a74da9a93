/// The part of FileSink that goes from one state to the next.

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/log/file_sink.hpp"

namespace supd::log {
namespace {

/// After these the same fd may work again; after others the file is opened anew.
bool is_want_of_room(int error) { return error == ENOSPC || error == EDQUOT || error == EAGAIN || error == ENOMEM; }

}  // namespace

LogFile::Now FileSink::now() const { return {shared_.loop.now(), shared_.clock_us()}; }

void FileSink::flush(bool urgent) {
  if (pending_.empty() || in_flight()) return;
  if (failing_ && timer_) return;
  Instant next = last_write_ + (in_flight_ < flood_bytes ? gather_time : flood_gather_time);
  bool wait = !urgent && !full_ && pending_.size() < gather_bytes && shared_.loop.now() < next;
  if (!wait) {
    advance();
  } else if (!timer_) {
    arm(next);
  }
}

void FileSink::arm(Instant at) {
  disarm();
  timer_ = shared_.loop.timer_at(at, *this);
}

void FileSink::disarm() {
  if (timer_) shared_.loop.release(std::exchange(timer_, {}));
}

void FileSink::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  if (in_flight() || in_line_) {
    tell_room();
    return watch_disk();
  }
  if (retired_ && (failing_ || pending_.empty())) return give_up();
  advance();
}

void FileSink::advance() {
  if (in_flight()) return;
  disarm();
  if (!file_.is_open()) reopen_ = false;
  bool idle = pending_.empty();
  if (idle && retired_) return close_and_tell();
  if (idle && !reopen_) return tell_room();
  if (!file_.is_open() || lost_) return begin(FileJob::Task::open);
  if (reopen_ || shared_.loop.now() >= checked_ + retry_time) return begin(FileJob::Task::look);
  end_torn_line();
  if (wants_rotation()) return begin(FileJob::Task::rotate);
  write();
}

void FileSink::begin(FileJob::Task task) {
  auto job = std::make_unique<FileJob>(std::move(file_), task, now());
  job->anew = std::exchange(reopen_, false);
  job->keep = torn_;
  if (task == FileJob::Task::rotate) job->rotate_us = next_rotation_us(shared_.clock_us(), newest_us_);
  begun_ = shared_.loop.now();
  job_ = shared_.loop.run_job(std::move(job), *this);
  watch_disk();
}

void FileSink::write() {
  begun_ = last_write_ = shared_.loop.now();
  in_flight_ = room_in_file();
  oldest_in_flight_ = std::exchange(oldest_, last_write_);
  write_ = shared_.loop.write_file(file_.fd(), take_pending(in_flight_), *this);
  tell_room();
  watch_disk();
}

/// The first `bytes` of what waits.
std::string FileSink::take_pending(std::size_t bytes) {
  std::string rest = shared_.buffers.take();
  rest.append(pending_, bytes);
  pending_.resize(bytes);
  return std::exchange(pending_, std::move(rest));
}

void FileSink::on_job(io::OpId, std::unique_ptr<io::Job> done) noexcept {
  auto& job = static_cast<FileJob&>(*done);
  job_ = {};
  file_ = std::move(job.file);
  if (job.task == FileJob::Task::close) return shared_.events.on_file_done(*this);
  checked_ = shared_.loop.now();
  bool failed_to_open = job.task == FileJob::Task::open && job.error;
  landed(!failed_to_open);
  if (failed_to_open) return fail(*job.error);
  if (job.task == FileJob::Task::rotate) end_rotation(job);
  if (job.taken_up) take_up_file();
  if (sweep_wanted_) sweep();
  advance();
}

/// What a file that was just opened needs before it is written.
void FileSink::take_up_file() {
  lost_ = false;
  choose_disk();
  drop_torn_rest();
  if (!swept_) sweep();
}

void FileSink::on_write(io::OpId, std::size_t written, int error, std::string buffer) noexcept {
  write_ = {};
  uncount(std::min(written, in_flight_));
  if (error == 0 && written < buffer.size()) error = EIO;
  file_.grow(written);
  if (raw() && written > 0) file_.set_mid_line(buffer[written - 1] != '\n');
  if (written > 0) torn_ = written < buffer.size() && buffer[written - 1] != '\n';
  landed(error == 0);
  if (error == 0) {
    shared_.buffers.give(std::move(buffer));
    return succeed();
  }
  oldest_ = oldest_in_flight_;
  buffer.erase(0, written);
  buffer += pending_;
  pending_ = std::move(buffer);
  lost_ = !is_want_of_room(error);
  fail(errno_error("write", settings_.path, error));
}

void FileSink::succeed() {
  if (std::exchange(failing_, false)) {
    shared_.events.on_file_resumed(settings_.path);
    choose_disk();
  }
  write_drop_note();
  if (pending_.empty()) shared_.buffers.give(std::exchange(pending_, {}));
  if (reopen_ || retired_) return advance();
  tell_room();
  flush(false);
}

void FileSink::fail(const Error& error) {
  if (!std::exchange(failing_, true)) shared_.events.on_file_failed(settings_.path, error);
  keep_what_fits();
  choose_disk();
  tell_room();
  arm(shared_.loop.now() + (retired_ ? Duration{0} : retry_time));
}

bool FileSink::hangs() const { return in_flight() && shared_.loop.now() >= disk_moved() + hang_time; }

/// Once records are lost by it.
void FileSink::tell_hang() {
  if (failing_ || !hangs() || std::exchange(hang_told_, true)) return;
  shared_.events.on_file_failed(settings_.path, {write_ ? "write" : "open", settings_.path, 0, "it hangs"});
}

void FileSink::landed(bool well) {
  disarm();
  if (well) disk_->moved();
  if (std::exchange(hang_told_, false) && well) shared_.events.on_file_resumed(settings_.path);
}

void FileSink::reopen() {
  reopen_ = true;
  advance();
}

void FileSink::retire() {
  retired_ = true;
  room_ = nullptr;
  if (in_flight()) return;
  if (!failing_ && (file_.is_open() || !pending_.empty())) return advance();
  disarm();
  arm(shared_.loop.now());
}

/// What waits has no place to go any more.
void FileSink::give_up() {
  uncount(pending_.size());
  pending_.clear();
  close_and_tell();
}

/// Nothing is left to write. Only from a callback, or with an open file.
void FileSink::close_and_tell() {
  if (file_.is_open()) return begin(FileJob::Task::close);
  shared_.events.on_file_done(*this);
}

}  // namespace supd::log

#include "daemon/log/outlet.hpp"

#include <algorithm>
#include <utility>

#include "daemon/log/open_file.hpp"

namespace supd::log {

Outlet::Outlet(sys::UniqueFd fd, std::size_t max_pending, DropNote note)
    : fd_(std::move(fd)), max_pending_(max_pending), note_(note) {}

std::string Outlet::plain_note(std::uint64_t lines) {
  return "supd: " + std::to_string(lines) + " lines dropped here: they could not be written\n";
}

Outlet::~Outlet() {
  if (loop_ == nullptr) return;
  if (!write_) write_now(fd_.borrow(), pending_);
  loop_->release(write_, std::move(fd_));
}

void Outlet::attach(io::Loop& loop) {
  loop_ = &loop;
  start();
}

void Outlet::detach() {
  if (loop_ == nullptr) return;
  // The loop still writes what it has; what comes now goes behind it, or is lost with a stalled reader.
  if (write_) loop_->release(std::exchange(write_, {}));
  loop_ = nullptr;
  start();
}

bool Outlet::quiet() const { return loop_ != nullptr && loop_->now() < quiet_until_; }

bool Outlet::write(std::string_view line) {
  // Once a line was dropped, all are until the note stands where they are missing.
  bool dropping = unreported_ != 0 && write_;
  if (!fd_.valid() || quiet() || dropping || pending_.size() + line.size() > max_pending_) {
    drop(line);
    return false;
  }
  add_drop_note();
  pending_ += line;
  start();
  return true;
}

void Outlet::drop(std::string_view lines) {
  auto count = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  dropped_ += count;
  unreported_ += count;
}

void Outlet::add_drop_note() {
  if (unreported_ == 0) return;
  pending_ += note_(std::exchange(unreported_, 0));
}

void Outlet::start() {
  if (write_ || pending_.empty() || !fd_.valid()) return;
  if (loop_ != nullptr) {
    write_ = loop_->write_file(fd_.borrow(), std::exchange(pending_, {}), *this);
  } else {
    pending_.erase(0, write_now(fd_.borrow(), pending_));
  }
}

void Outlet::on_write(io::OpId, std::size_t written, int error, std::string buffer) noexcept {
  write_ = {};
  if (error != 0 || written < buffer.size()) {
    drop(std::string_view(buffer).substr(std::min(written, buffer.size())));
    drop(pending_);
    std::string().swap(pending_);
    quiet_until_ = loop_->now() + quiet_time;
    return;
  }
  add_drop_note();
  if (pending_.empty()) {
    buffer.clear();
    if (buffer.capacity() <= 64 * 1024) pending_ = std::move(buffer);
  }
  start();
}

}  // namespace supd::log

/// The part of FileSink that closes one file and begins the next.

#include <algorithm>
#include <utility>

#include "daemon/log/file_sink.hpp"

namespace supd::log {

/// How many bytes of what waits go into the file; begins another one first, where that is due.
std::size_t FileSink::room_in_file() {
  if (!may_rotate()) return pending_.size();
  Cut cut = next_cut(pending_, file_.size(), mid_line(), settings_.rotation.max_size);
  if (!cut.rotate && !too_old()) return cut.bytes;
  rotate();
  return may_rotate() ? next_cut(pending_, file_.size(), mid_line(), settings_.rotation.max_size).bytes
                      : pending_.size();
}

/// Not before it is known which names there are: the next one has to be a later one.
bool FileSink::may_rotate() const { return file_.regular() && swept_ && shared_.loop.now() >= rotate_from_; }

bool FileSink::too_old() const {
  return settings_.rotation.max_age != Duration{0} && file_.size() != 0 && !mid_line() &&
         shared_.loop.now() >= file_.begun() + settings_.rotation.max_age;
}

void FileSink::rotate() {
  auto rotated = file_.rotate(next_rotation_us(shared_.clock_us(), newest_us_), now());
  if (!rotated) {
    rotate_from_ = shared_.loop.now() + rotation_retry_time;
    if (!std::exchange(rotation_failing_, true)) shared_.events.on_rotation_failed(file_.path(), rotated.error());
    return;
  }
  rotation_failing_ = false;
  newest_us_ = std::max(newest_us_, *rotated);
  take_up_file();
  end_torn_line();
  sweep();
}

void FileSink::sweep() {
  if (std::exchange(sweeping_, true)) return;
  if (!swept_ && file_.fresh()) {
    sweeping_ = false;
    swept_ = true;
    return;
  }
  shared_.sweeper.sweep({file_.directory(), file_.base(), settings_.rotation, this});
}

void FileSink::on_swept(std::int64_t newest_us) {
  sweeping_ = false;
  swept_ = true;
  newest_us_ = std::max(newest_us_, newest_us);
}

void FileSink::configure(const FileSettings& settings) {
  settings_.format = settings.format;
  settings_.on_full = settings.on_full;
  settings_.time = settings.time;
  tell_room();
  if (settings_.rotation == settings.rotation) return;
  settings_.rotation = settings.rotation;
  if (!file_.is_open() || !file_.regular()) return;
  if (std::exchange(sweeping_, false)) shared_.sweeper.forget(*this);
  sweep();
}

}  // namespace supd::log

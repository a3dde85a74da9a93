/// The part of FileSink that closes one file and begins the next.

#include <algorithm>
#include <utility>

#include "daemon/log/file_sink.hpp"

namespace supd::log {

/// Not before it is known which names there are: the next one has to be a later one.
bool FileSink::may_rotate() const { return file_.regular() && swept_ && shared_.loop.now() >= rotate_from_; }

bool FileSink::too_old() const {
  return settings_.rotation.max_age != Duration{0} && file_.size() != 0 && !mid_line() &&
         shared_.loop.now() >= file_.begun() + settings_.rotation.max_age;
}

bool FileSink::wants_rotation() const {
  if (!may_rotate()) return false;
  return too_old() || next_cut(pending_, file_.size(), mid_line(), settings_.rotation.max_size).rotate;
}

/// How many bytes of what waits go into the file.
std::size_t FileSink::room_in_file() const {
  if (!may_rotate()) return pending_.size();
  return next_cut(pending_, file_.size(), mid_line(), settings_.rotation.max_size).bytes;
}

void FileSink::end_rotation(const FileJob& job) {
  if (job.error) {
    rotate_from_ = shared_.loop.now() + rotation_retry_time;
    if (!std::exchange(rotation_failing_, true)) shared_.events.on_rotation_failed(settings_.path, *job.error);
  } else if (job.rotated_us) {
    rotation_failing_ = false;
    newest_us_ = std::max(newest_us_, *job.rotated_us);
    sweep_wanted_ = true;
  }
}

/// Waits for a job that has the file, and for a sweep that is under way.
void FileSink::sweep() {
  sweep_wanted_ = true;
  if (sweeping_ || !file_.is_open() || !file_.regular()) return;
  sweep_wanted_ = false;
  if (!swept_ && file_.fresh()) {
    swept_ = true;
    return;
  }
  sweeping_ = true;
  shared_.sweeper.sweep({file_.directory(), file_.base(), settings_.rotation, this, file_.place()});
}

void FileSink::on_swept(std::int64_t newest_us) {
  sweeping_ = false;
  swept_ = true;
  newest_us_ = std::max(newest_us_, newest_us);
  if (sweep_wanted_) sweep();
}

void FileSink::configure(const FileSettings& settings) {
  settings_.format = settings.format;
  settings_.on_full = settings.on_full;
  settings_.time = settings.time;
  tell_room();
  watch_disk();
  if (settings_.rotation == settings.rotation) return;
  settings_.rotation = settings.rotation;
  if (swept_ || sweeping_) sweep();
}

}  // namespace supd::log

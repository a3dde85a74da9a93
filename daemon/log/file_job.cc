#include "daemon/log/file_job.hpp"

namespace supd::log {

void FileJob::run() noexcept {
  switch (task) {
    case Task::open: file.close(); return open();
    case Task::look: {
      bool named = look();
      // While none can be made, the old one goes on: somebody may still read it.
      if (file.is_open() && (anew || !named) && !keep) taken_up = file.open(now).has_value();
      return;
    }
    case Task::rotate: return rotate();
    case Task::close: return file.close();
  }
}

void FileJob::open() {
  auto opened = file.open(now);
  taken_up = opened.has_value();
  if (!opened) error = opened.error();
}

/// Whether it still has its name. One that nobody can read any more is closed.
bool FileJob::look() {
  FileLook look = file.look();
  if (!look.linked) file.close();
  return look.named && look.linked;
}

/// Another unit, or another program, may have renamed or removed the file just before.
void FileJob::rotate() {
  bool named = look();
  if (!file.is_open()) return;
  if (!named) return open();
  auto rotated = file.rotate(rotate_us, now);
  taken_up = rotated.has_value();
  if (rotated) {
    rotated_us = *rotated;
  } else {
    error = rotated.error();
  }
}

}  // namespace supd::log

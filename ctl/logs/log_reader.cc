#include "ctl/logs/log_reader.hpp"

#include <cerrno>

namespace supd::ctl::logs {

void LogReader::start_at(const Position& position) {
  while (index_ < chain_.files().size() && file().closed_us < position.file) ++index_;
  bool found = index_ < chain_.files().size() && file().closed_us == position.file;
  offset_ = found ? position.offset : 0;
}

bool LogReader::open_file() {
  if (source_) return true;
  FileChain::File& to_read = file();
  sys::BorrowedFd fd = to_read.fd.borrow();
  Compression compression = Compression::none;
  std::string path = chain_.path().current();
  std::int64_t time_us = to_read.changed_us;
  if (!fd.valid()) {
    auto opened = open_closed(chain_.path(), to_read.closed_us);
    if (!opened) return troubles_.add(opened.error()), false;
    fd_ = std::move(opened->fd);
    fd = fd_.borrow();
    compression = opened->compression;
    path = std::move(opened->path);
    time_us = to_read.closed_us;
  }
  auto source = make_source(fd, compression, std::move(path), offset_);
  if (!source) return troubles_.add(source.error()), false;
  source_ = std::move(*source);
  cutter_.begin(offset_);
  parser_.begin_file(time_us);
  return true;
}

/// What is behind the file that was read.
void LogReader::close_file() {
  source_.reset();
  fd_.reset();
  cutter_.begin(0);
  offset_ = 0;
  if (forget_) {
    chain_.files().pop_front();
  } else {
    ++index_;
  }
}

bool LogReader::read_more() {
  auto count = source_->read(cutter_.room());
  if (!count) troubles_.add(count.error());
  if (!count || *count == 0) return false;
  cutter_.filled(*count);
  struct stat is {};
  if (is_live() && ::fstat(file().fd.get(), &is) == 0) parser_.file_changed(changed_us(is));
  return true;
}

void LogReader::give(const FileLine& line, proto::LogRecord& out) {
  position_ = {file().closed_us, line.offset};
  parser_.parse(line, out);
}

bool LogReader::next(proto::LogRecord& out) {
  while (index_ < chain_.files().size()) {
    // What was read until now was for those that are not wanted.
    if (forget_ && index_ != 0) {
      chain_.files().erase(chain_.files().begin(), chain_.files().begin() + static_cast<std::ptrdiff_t>(index_));
      index_ = 0;
    }
    if (!open_file()) {
      close_file();
      continue;
    }
    if (auto line = cutter_.next()) {
      if (stop_at_size_ && is_live() && line->offset >= file().size) return cutter_.begin(line->offset), false;
      give(*line, out);
      return true;
    }
    if (read_more()) continue;
    if (is_live()) {
      if (begin_again_if_cut()) continue;
      return false;
    }
    auto line = cutter_.rest();
    if (line) return give(*line, out), true;
    close_file();
  }
  return false;
}

bool LogReader::rest(proto::LogRecord& out) {
  if (index_ >= chain_.files().size() || !source_) return false;
  auto line = cutter_.rest();
  if (!line || (stop_at_size_ && is_live() && line->offset >= file().size)) return false;
  give(*line, out);
  return true;
}

/// Somebody emptied the file (copytruncate of logrotate): what is in it now is all new.
bool LogReader::begin_again_if_cut() {
  struct stat is {};
  if (::fstat(file().fd.get(), &is) != 0) return false;
  if (static_cast<std::uint64_t>(is.st_size) >= cutter_.read_offset()) return false;
  source_.reset();
  offset_ = 0;
  return true;
}

}  // namespace supd::ctl::logs

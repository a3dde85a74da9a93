#include "ctl/logs/back_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace supd::ctl::logs {
namespace {

/// pread(2) of all of it; false on any error, and where the file is shorter.
bool read_at(sys::BorrowedFd fd, char* to, std::size_t size, std::uint64_t offset) {
  while (size != 0) {
    ssize_t count = ::pread(fd.get(), to, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    to += count;
    size -= static_cast<std::size_t>(count);
    offset += static_cast<std::uint64_t>(count);
  }
  return true;
}

}  // namespace

std::optional<log::RunMark> mark_of(const proto::LogRecord& record) {
  if (!record.note || !record.text.starts_with("run ")) return std::nullopt;
  return log::parse_run_marker(record.text);
}

BackReader::BackReader(const FileChain& chain, LineParser parser, Wanted wanted)
    : chain_(chain), parser_(std::move(parser)), wanted_(std::move(wanted)), left_(chain.files().size()) {}

bool BackReader::begins_too_late(std::size_t index) const {
  return index != 0 && chain_.files()[index - 1].closed_us > wanted_.to_us;
}

bool BackReader::open_before() {
  while (left_ != 0) {
    const FileChain::File& next = chain_.files()[--left_];
    if (next.closed_us < wanted_.from_us) break;
    if (begins_too_late(left_)) continue;
    file_ = next.closed_us;
    newline_ended_ = overlong_ = false;
    buffer_.clear();
    if (next.fd.valid()) {
      fd_ = next.fd.borrow();
      at_ = next.size;
      time_us_ = next.changed_us;
      return true;
    }
    // What can't be read now is told by whoever reads it forwards.
    auto opened = open_closed(chain_.path(), file_);
    if (!opened) continue;
    time_us_ = file_;
    fd_ = {};
    at_ = 0;
    if (opened->compression != Compression::none) {
      remember_all(*opened);
    } else {
      own_fd_ = std::move(opened->fd);
      fd_ = own_fd_.borrow();
      at_ = static_cast<std::uint64_t>(opened->is.st_size);
    }
    return true;
  }
  return false;
}

void BackReader::remember_all(OpenedFile& file) {
  auto source = make_source(file.fd.borrow(), file.compression, file.path);
  if (!source) return;
  LineCutter cutter;
  parser_.begin_file(time_us_);
  for (bool end = false; !end;) {
    auto count = (*source)->read(cutter.room());
    end = !count || *count == 0;
    if (!end) cutter.filled(*count);
    while (auto line = end && cutter.waiting() != 0 ? cutter.rest() : cutter.next()) {
      Hit hit;
      if (take(*line, hit)) hits_.push_back(hit);
      if (hits_.size() > wanted_.most) hits_.pop_front();
    }
  }
}

bool BackReader::read_block() {
  if (at_ == 0 || !fd_.valid()) return false;
  std::size_t size = std::min<std::uint64_t>(block_, at_);
  block_ = std::min(block_ * 2, largest_block);
  if (buffer_.size() > longest_line) {
    overlong_ = true;
    buffer_.clear();
  }
  buffer_.insert(0, size, '\0');
  at_ -= size;
  if (read_at(fd_, buffer_.data(), size, at_)) return true;
  at_ = 0;  // somebody cut it off
  buffer_.clear();
  return false;
}

/// The last line in the buffer, taken off it; a line that is overlong comes without text.
std::optional<FileLine> BackReader::line_before() {
  while (true) {
    if (!newline_ended_ && buffer_.ends_with('\n')) {
      buffer_.pop_back();
      newline_ended_ = true;
    }
    std::size_t newline = buffer_.rfind('\n');
    if (newline == std::string::npos && read_block()) continue;
    bool at_start = newline == std::string::npos;
    if (at_start && buffer_.empty() && !newline_ended_ && !overlong_) return std::nullopt;
    std::size_t start = at_start ? 0 : newline + 1;
    line_.assign(buffer_, start);
    if (overlong_) line_.clear();
    FileLine out{line_, at_ + start};
    overlong_ = false;
    buffer_.resize(at_start ? 0 : newline);
    newline_ended_ = !at_start;
    return out;
  }
}

bool BackReader::take(const FileLine& line, Hit& out) {
  parser_.parse(line, record_);
  if (!wanted_.fits(record_)) return false;
  out = {{file_, line.offset}, record_.time_us, mark_of(record_)};
  return true;
}

bool BackReader::back(Hit& out) {
  while (!over_) {
    if (!hits_.empty()) {
      out = hits_.back();
      hits_.pop_back();
      return true;
    }
    auto line = fd_.valid() ? line_before() : std::nullopt;
    if (!line) {
      over_ = !open_before();
      if (!over_) parser_.begin_file(time_us_);
      continue;
    }
    bool fits = take(*line, out);
    over_ = record_.time_us < wanted_.from_us;
    if (fits && !over_) return true;
  }
  return false;
}

std::uint64_t seek_time(sys::BorrowedFd fd, std::uint64_t size, std::int64_t time_us) {
  constexpr std::size_t window = 64UL * 1024;
  LineParser parser("", FileKind::records);
  LineCutter cutter;
  proto::LogRecord record;
  std::uint64_t from = 0, to = size;
  while (to - from > window) {
    std::uint64_t middle = from + (to - from) / 2;
    cutter.begin(middle);
    auto room = cutter.room().first(std::min<std::uint64_t>(window, size - middle));
    if (!read_at(fd, room.data(), room.size(), middle)) break;
    cutter.filled(room.size());
    parser.begin_file(INT64_MAX);
    static_cast<void>(cutter.next());  // its start is before the window
    record.time_us = INT64_MAX;
    std::uint64_t at = 0;
    while (record.time_us == INT64_MAX) {
      auto line = cutter.next();
      if (!line) break;
      at = line->offset;
      parser.parse(*line, record);
    }
    if (record.time_us < time_us) {
      from = at;
    } else {
      to = middle;
    }
  }
  return from;
}

}  // namespace supd::ctl::logs

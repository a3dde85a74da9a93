#pragma once

/// The records of one log that fit, newest first: to find where the last N of them begin without reading what is
/// before them. A compressed file is read front to back, and remembered is only where those that fit stand.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "ctl/logs/log_reader.hpp"
#include "daemon/log/format/run_marker.hpp"

namespace supd::ctl::logs {

/// A record that fits.
struct Hit {
  Position at;
  std::int64_t time_us = 0;
  std::optional<log::RunMark> mark;  ///< it is a marker
};

/// The mark that the record is.
[[nodiscard]] std::optional<log::RunMark> mark_of(const proto::LogRecord& record);

class BackReader {
 public:
  struct Wanted {
    std::function<bool(const proto::LogRecord&)> fits;
    std::int64_t from_us = INT64_MIN;  ///< at the first older record it ends
    std::int64_t to_us = INT64_MAX;    ///< files that begin later are passed over
    std::size_t most = SIZE_MAX;       ///< hits that are asked for, at most
  };
  BackReader(const FileChain& chain, LineParser parser, Wanted wanted);

  /// False: there is none any more.
  [[nodiscard]] bool back(Hit& out);

 private:
  static constexpr std::size_t first_block = 16UL * 1024, largest_block = 256UL * 1024;

  [[nodiscard]] bool open_before();
  [[nodiscard]] bool begins_too_late(std::size_t index) const;
  void remember_all(OpenedFile& file);
  [[nodiscard]] std::optional<FileLine> line_before();
  [[nodiscard]] bool read_block();
  [[nodiscard]] bool take(const FileLine& line, Hit& out);

  const FileChain& chain_;
  LineParser parser_;
  Wanted wanted_;
  std::size_t left_;  ///< files of the chain that were not opened yet
  std::int64_t file_ = 0, time_us_ = 0;
  sys::UniqueFd own_fd_;
  sys::BorrowedFd fd_;               ///< of a plain file
  std::uint64_t at_ = 0;             ///< where buffer_ begins in it
  std::size_t block_ = first_block;  ///< so much is read next
  std::string buffer_;               ///< what of it was read and not given yet
  std::string line_;                 ///< that was given last
  bool newline_ended_ = false;       ///< there is a newline behind buffer_
  bool overlong_ = false;            ///< the end of the line was dropped from it
  std::deque<Hit> hits_;             ///< of a compressed file
  proto::LogRecord record_;
  bool over_ = false;
};

/// A line's start in a plain file, so that no record from `time_us` on stands before it. 0, where the file has no
/// stamps.
[[nodiscard]] std::uint64_t seek_time(sys::BorrowedFd fd, std::uint64_t size, std::int64_t time_us);

}  // namespace supd::ctl::logs

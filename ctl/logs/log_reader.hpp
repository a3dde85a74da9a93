#pragma once

/// The records of one log, oldest first, over all its files and as they come.

#include <cstdint>
#include <memory>
#include <vector>

#include "ctl/logs/byte_source.hpp"
#include "ctl/logs/file_chain.hpp"
#include "ctl/logs/line_cutter.hpp"
#include "ctl/logs/line_parser.hpp"

namespace supd::ctl::logs {

/// The start of a line. Valid until the chain's next look().
struct Position {
  std::int64_t file = INT64_MIN;  ///< when it was closed, or FileChain::live
  std::uint64_t offset = 0;       ///< as if it were not compressed
  auto operator<=>(const Position&) const = default;
};

/// What could not be read. Told once, by whoever reads.
struct Troubles {
  static constexpr std::size_t most_errors = 16;
  std::uint64_t missing = 0;  ///< files that were removed before they were read
  std::vector<Error> errors;
  void add(const Error& error) {
    if (error.code == ENOENT) {
      ++missing;
    } else if (errors.size() < most_errors) {
      errors.push_back(error);
    }
  }
};

class LogReader {
 public:
  /// The chain is borrowed, and looked at by its owner.
  LogReader(FileChain& chain, LineParser parser) : chain_(chain), parser_(std::move(parser)) {}

  void start_at(const Position& position);
  /// Lines that begin in the live file at its size of now, or later, are not for us.
  void stop_at_size() { stop_at_size_ = true; }
  /// Files that were read to their end are let go of.
  void forget_read_files() { forget_ = true; }

  /// False: there is nothing more, for now.
  [[nodiscard]] bool next(proto::LogRecord& out);
  /// After next() said so: what stands behind the last newline.
  [[nodiscard]] bool rest(proto::LogRecord& out);
  /// Bytes that wait for their newline.
  [[nodiscard]] std::size_t waiting() const { return cutter_.waiting(); }
  /// Of the last record.
  [[nodiscard]] const Position& position() const { return position_; }
  [[nodiscard]] Troubles& troubles() { return troubles_; }

 private:
  [[nodiscard]] FileChain::File& file() { return chain_.files()[index_]; }
  [[nodiscard]] bool open_file();
  void close_file();
  [[nodiscard]] bool read_more();
  [[nodiscard]] bool is_live() { return file().closed_us == FileChain::live; }
  [[nodiscard]] bool begin_again_if_cut();
  void give(const FileLine& line, proto::LogRecord& out);

  FileChain& chain_;
  LineParser parser_;
  LineCutter cutter_;
  sys::UniqueFd fd_;  ///< of a closed file
  std::unique_ptr<ByteSource> source_;
  std::size_t index_ = 0;
  std::uint64_t offset_ = 0;  ///< where the file that is opened next is begun
  Position position_;
  Troubles troubles_;
  bool stop_at_size_ = false, forget_ = false;
};

}  // namespace supd::ctl::logs

#pragma once

/// Small helpers of the log's tests.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/log/format/line.hpp"
#include "daemon/log/hub.hpp"

namespace supd::log {

/// A directory of its own, gone at the end.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  [[nodiscard]] std::string path(std::string_view name = {}) const;

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string read_file(const std::string& path);

/// One record of a log file, taken apart by the rules of text_format.hpp.
struct Parsed {
  std::string stamp, tag, text;
};
/// Fails the test on anything that is not a record.
[[nodiscard]] std::vector<Parsed> parse_log(std::string_view file);
/// Those that a child wrote: without the notes of supd.
[[nodiscard]] std::vector<Parsed> without_notes(std::vector<Parsed> records);
/// The bytes of one stream ('o' or 'e') as the child wrote them.
[[nodiscard]] std::string rebuild(const std::vector<Parsed>& records, char stream);

struct Collected final : LineSink {
  struct Piece {
    std::string text;
    LineEnd end;
    bool operator==(const Piece&) const = default;
  };
  void on_line(const Line& line) override { pieces.push_back({std::string(line.text), line.end}); }
  std::vector<Piece> pieces;
};

struct RecordedEvents final : Events {
  void on_log_record(UnitId, const proto::LogRecord& record) override { records.push_back(record); }
  void on_log_file_failed(const std::string&, const Error& error) override { failures.push_back(error); }
  void on_log_file_resumed(const std::string&) override { ++resumed; }
  void on_log_compress_failed(const std::string&, const Error& error) override { compress_failures.push_back(error); }
  void on_log_rotation_failed(const std::string&, const Error& error) override { rotation_failures.push_back(error); }
  void on_log_datagrams_failed(std::string_view sink, const Error& error) override {
    datagram_failures.emplace_back(sink, error);
  }
  void on_log_datagrams_resumed(std::string_view) override { ++datagrams_resumed; }
  std::vector<proto::LogRecord> records;
  std::vector<std::pair<std::string, Error>> datagram_failures;
  int datagrams_resumed = 0;
  std::vector<Error> failures, rotation_failures, compress_failures;
  int resumed = 0;
};

/// A wall clock that tests set.
struct FakeWall {
  static inline std::int64_t now_us = 0;
  static std::int64_t read() { return now_us; }
};

/// The seed of a random test, from the clock or SUPD_TEST_SEED; printed.
[[nodiscard]] std::uint64_t test_seed();

}  // namespace supd::log

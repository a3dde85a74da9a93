#pragma once

/// Several streams as one, by time. Records of one stream keep their order, also where the wall clock was set back
/// between them. Holds one record of each.

#include <memory>
#include <span>
#include <vector>

#include "ctl/logs/unit_log.hpp"

namespace supd::ctl::logs {

class Merge final : public RecordStream {
 public:
  /// Borrowed. Among records of one time, those of earlier streams come first.
  explicit Merge(std::span<RecordStream* const> streams);
  [[nodiscard]] bool next(proto::LogRecord& out) override;
  /// Of the record that was given last, among the streams.
  [[nodiscard]] std::size_t from() const { return from_; }

 private:
  struct Head {
    std::int64_t at_us;
    std::size_t stream;
    friend bool operator<(const Head& a, const Head& b) {  // for a heap with the earliest in front
      return a.at_us != b.at_us ? a.at_us > b.at_us : a.stream > b.stream;
    }
  };
  void fetch(std::size_t stream, std::int64_t not_before_us);

  std::vector<RecordStream*> streams_;
  std::vector<proto::LogRecord> records_;  ///< by stream
  std::vector<Head> heap_;
  std::size_t from_ = SIZE_MAX;
  std::int64_t last_us_ = INT64_MIN;  ///< of from_
};

}  // namespace supd::ctl::logs

#pragma once

/// What there is of one unit's log on disk, and the part of it that is wanted.

#include <memory>
#include <optional>
#include <string>

#include "ctl/logs/log_reader.hpp"
#include "ctl/logs/run_choice.hpp"
#include "ctl/logs/selection.hpp"

namespace supd::ctl::logs {

/// Records in the order in which they are shown, from wherever.
class RecordStream {
 public:
  virtual ~RecordStream() = default;
  /// False: there is none any more, or none yet.
  [[nodiscard]] virtual bool next(proto::LogRecord& out) = 0;
};

class UnitLog final : public RecordStream {
 public:
  struct About {
    std::string unit, path;
    FileKind kind = FileKind::records;
    std::uint64_t run = 0;  ///< the current or last one; 0: not known
  };
  /// `selection` is borrowed.
  UnitLog(About about, const Selection& selection);

  /// Looks for the first time. An error: its files can't be read. That there are none is none.
  [[nodiscard]] Result<void> open();

  /// As after open(), to go over it once more.
  void rewind();
  /// Begins with the first record that may be wanted.
  void start_at_selection();
  /// Begins where records of that time may be, or before.
  void start_at_time(std::int64_t from_us);
  /// Begins with that record, which is wanted.
  void start_at(const Position& position);
  /// Begins with what comes from now on.
  void start_at_end();
  /// Ends at what was there when it was opened.
  void stop_at_size() { reader_->stop_at_size(); }
  void forget_read_files() { reader_->forget_read_files(); }

  /// False: --run names one that is not in the log.
  [[nodiscard]] bool has_run() const { return run_.what != RunChoice::What::nothing; }
  /// The next record that is wanted.
  [[nodiscard]] bool next(proto::LogRecord& out) override;
  /// A record that was begun and has no end yet.
  [[nodiscard]] bool rest(proto::LogRecord& out);
  [[nodiscard]] bool has_rest() const { return reader_->waiting() != 0; }
  [[nodiscard]] const Position& position() const { return reader_->position(); }

  /// For the search from the end. Not for selections with a run.
  [[nodiscard]] BackReader back_reader(std::size_t most) const;

  [[nodiscard]] FileChain& chain() { return chain_; }
  [[nodiscard]] const About& about() const { return about_; }
  [[nodiscard]] Troubles& troubles() { return reader_->troubles(); }

 private:
  [[nodiscard]] std::uint64_t offset_of(const FileChain::File& file, std::int64_t from_us) const;
  [[nodiscard]] bool wants(proto::LogRecord& record);

  About about_;
  const Selection& selection_;
  FileChain chain_;
  LineParser parser_;
  std::optional<LogReader> reader_;
  RunChoice run_;
  std::optional<log::RunMark> mark_;  ///< of the record before
};

/// Whether the files hold records, as far as the first line of the newest one tells.
[[nodiscard]] FileKind guess_kind(const LogPath& path);

}  // namespace supd::ctl::logs

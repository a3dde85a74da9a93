#pragma once

/// One `supctl logs`: what is wanted, where it is, and how it is shown. Files are read here, by supctl itself: supd has
/// no work with them, and they can be read at any speed. supd is asked for what only it has: the memory of units
/// without a file, or with one that can't be read or written.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ctl/context.hpp"
#include "ctl/log_view.hpp"
#include "ctl/logs/memory_log.hpp"
#include "ctl/logs/unit_log.hpp"

namespace supd::ctl {

class LogJob {
 public:
  static constexpr std::int64_t most_lines = 1'000'000;  ///< that supd is asked for, of all units together

  LogJob(Context& context, logs::Selection selection);

  /// Asks supd where the logs are, or looks into --directory.
  [[nodiscard]] Try<void> find_sources();
  /// supd has never heard of log files: it has all there is.
  [[nodiscard]] bool is_old_supd() const { return old_supd_; }

  /// Opens the log of one unit. False: it is not in files.
  bool add(const proto::LogSource& source);
  /// Opens all of them.
  void add_all();

  /// Shows what is there by now. `past`: records of units without files.
  void show_past(std::vector<proto::LogRecord> past);
  /// The rest of a line that is being written, or was torn.
  void show_rest();
  void show(const proto::LogRecord& record);
  /// What can't be read is told on stderr, once.
  void tell_troubles();
  void tell(const std::string& words);

  /// supd's records of the units without files; with following, those that came before.
  [[nodiscard]] Try<std::vector<proto::LogRecord>> ask_memory();
  /// Whether they are of a unit, and a run, that is wanted.
  [[nodiscard]] bool wants_from_memory(const proto::LogRecord& record) const;

  [[nodiscard]] Context& context() { return context_; }
  [[nodiscard]] const logs::Selection& selection() const { return selection_; }
  [[nodiscard]] std::vector<std::unique_ptr<logs::UnitLog>>& files() { return files_; }
  [[nodiscard]] std::vector<proto::LogSource>& sources() { return sources_; }
  [[nodiscard]] const std::set<std::string>& in_memory() const { return in_memory_; }
  [[nodiscard]] proto::Params memory_params() const;
  [[nodiscard]] std::optional<Client>& client() { return client_; }
  [[nodiscard]] std::optional<std::int64_t> memory_request() const { return memory_request_; }
  [[nodiscard]] bool quiet() const { return context_.quiet(); }

 private:
  [[nodiscard]] std::optional<std::size_t> wanted_lines() const;
  [[nodiscard]] Try<void> find_from_supd();
  [[nodiscard]] std::uint64_t memory_run(const std::string& unit) const;
  void tell_missing_runs();
  void note_memory_runs(const std::vector<proto::LogRecord>& past);
  void drop_what_files_have(std::vector<proto::LogRecord>& past);

  Context& context_;
  logs::Selection selection_;
  LogView view_;
  std::optional<Client> client_;  ///< not with --directory
  std::vector<proto::LogSource> sources_;
  std::vector<std::unique_ptr<logs::UnitLog>> files_;
  std::set<std::string> in_memory_;  ///< units whose records supd has to give
  std::set<std::string> half_;       ///< of them, those that have files, too: they can't be written just now
  std::map<std::string, std::set<std::uint64_t>> memory_runs_;  ///< by unit; only where a run is chosen
  std::optional<std::int64_t> memory_request_;
  bool old_supd_ = false, shown_any_ = false;
};

/// What the options say. Failures are bad usage.
[[nodiscard]] Try<logs::Selection> log_selection(const Options& options);

/// Goes on with what comes. Ends with Ctrl-C, with the reader of stdout, or when nothing can come any more.
[[nodiscard]] Ending follow_logs(LogJob& job);

}  // namespace supd::ctl

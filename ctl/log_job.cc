#include "ctl/log_job.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "ctl/log_sources.hpp"
#include "ctl/logs/merge.hpp"
#include "ctl/logs/tail_start.hpp"
#include "ctl/logs/when.hpp"
#include "ctl/selection.hpp"
#include "ctl/stream.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/visible.hpp"
#include "daemon/log/format/stamp.hpp"

namespace supd::ctl {
namespace {

constexpr std::size_t most_names = 1000;  ///< in one request; for more, all are asked for

std::unexpected<Failure> wrong(std::string_view option, std::string_view value, std::string_view why) {
  return std::unexpected(Failure{Outcome::usage, joined({option, ": '", value, "' ", why})});
}

Try<std::optional<std::int64_t>> time_of(std::string_view option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto time = logs::parse_when(text, log::wall_clock_us());
  if (!time) return wrong(option, text, time.error());
  return *time;
}

LogView view_for(const Context& context) {
  return LogView({.format = context.options.format,
                  .with_units = !names_one_unit(context.options.units),
                  .color = context.terminal.color,
                  .terminal = context.terminal.is_terminal});
}

}  // namespace

Try<logs::Selection> log_selection(const Options& options) {
  logs::Selection out;
  auto since = time_of("--since", options.since), until = time_of("--until", options.until);
  if (!since) return std::unexpected(std::move(since.error()));
  if (!until) return std::unexpected(std::move(until.error()));
  out.since_us = *since;
  out.until_us = *until;
  if (*since && *until && **since > **until) return wrong("--until", options.until, "is before --since");
  if (!options.grep.empty()) {
    auto pattern = logs::Pattern::compile(options.grep, options.ignore_case);
    if (!pattern) return wrong("--grep", options.grep, "is no regular expression: " + pattern.error());
    out.grep = std::move(*pattern);
  }
  if (options.stream == "stdout") out.stream = logs::StreamChoice::out;
  if (options.stream == "stderr") out.stream = logs::StreamChoice::err;
  if (options.stream == "supd") out.stream = logs::StreamChoice::supd;
  out.run = options.run;
  return out;
}

LogJob::LogJob(Context& context, logs::Selection selection)
    : context_(context), selection_(std::move(selection)), view_(view_for(context)) {}

/// Nothing: all.
std::optional<std::size_t> LogJob::wanted_lines() const {
  const Options& options = context_.options;
  if (options.lines) return static_cast<std::size_t>(*options.lines);
  bool chosen = selection_.since_us || selection_.until_us || selection_.grep || selection_.run ||
                selection_.stream != logs::StreamChoice::all;
  if (chosen) return std::nullopt;
  return static_cast<std::size_t>(ctl::wanted_lines(options));
}

Try<void> LogJob::find_sources() {
  const Options& options = context_.options;
  if (options.directory.empty()) return find_from_supd();
  auto found = find_log_sources(options.directory, options.units);
  if (!found) return std::unexpected(std::move(found.error()));
  sources_ = std::move(*found);
  return {};
}

Try<void> LogJob::find_from_supd() {
  Try<Client> client = context_.connect();
  if (!client) {
    if (client.error().outcome == Outcome::unreachable) {
      client.error().advice += "; without supd, --directory DIR reads its log files";
    }
    return std::unexpected(std::move(client.error()));
  }
  client_.emplace(std::move(*client));
  auto found = ask_log_sources(*client_, context_.options.units);
  if (!found) {
    old_supd_ = found.error().unknown_method;
    client_.reset();
    return std::unexpected(std::move(found.error()));
  }
  sources_ = std::move(*found);
  return {};
}

bool LogJob::add(const proto::LogSource& source) {
  bool raw = source.format == "raw";
  if (source.file && !source.path.empty()) {
    logs::UnitLog::About about{source.unit, source.path, raw ? logs::FileKind::raw : logs::FileKind::records,
                               source.run};
    auto log = std::make_unique<logs::UnitLog>(std::move(about), selection_);
    auto opened = log->open();
    if (opened) {
      if (raw && (selection_.since_us || selection_.until_us)) {
        tell(source.unit + ": its log is raw and has no times: --since and --until take those of whole files");
      }
      files_.push_back(std::move(log));
      if (!source.failing) return true;
      half_.insert(source.unit);
    } else if (opened.error().code != EINVAL) {  // a device or a pipe is nothing to be read again
      tell(source.unit + ": " + opened.error().text() +
           (source.memory ? "; shown is what supd has in memory" : "; and supd keeps none of it in memory"));
    }
  }
  if (source.memory) in_memory_.insert(source.unit);
  if (!source.memory && !source.file && names_one_unit(context_.options.units)) {
    tell(source.unit + ": its output is neither written to a file nor kept in memory (log.to)");
  }
  return false;
}

void LogJob::add_all() {
  for (const proto::LogSource& source : sources_) add(source);
}

void LogJob::tell(const std::string& words) {
  context_.out.flush();
  Output err(STDERR_FILENO);
  err.write(joined({"supctl logs: ", visible(words), "\n"}));
}

void LogJob::tell_troubles() {
  for (auto& log : files_) {
    logs::Troubles troubles = std::exchange(log->troubles(), {});
    for (const Error& error : troubles.errors) tell(log->about().unit + ": " + error.text());
    if (troubles.missing == 0) continue;
    std::string files = troubles.missing == 1
                            ? "1 file was removed before it was read"
                            : std::to_string(troubles.missing) + " files were removed before they were read";
    tell(log->about().unit + ": " + files);
  }
}

void LogJob::show(const proto::LogRecord& record) {
  if (quiet()) return;
  // Lines of another day have their date; and then all have one, to stand in columns.
  if (!std::exchange(shown_any_, true)) {
    std::int64_t today = logs::midnight_before(log::wall_clock_us());
    view_.show_dates(record.time_us < today || record.time_us >= today + 24 * 3'600'000'000);
  }
  view_.append(context_.out.buffer(), record);
  context_.out.flush_if_full();
}

proto::Params LogJob::memory_params() const {
  proto::Params params;
  if (in_memory_.size() <= most_names) params.units = {in_memory_.begin(), in_memory_.end()};
  params.lines =
      selection_.grep || selection_.run ? most_lines : static_cast<std::int64_t>(wanted_lines().value_or(most_lines));
  if (context_.options.follow) params.follow = true;
  return params;
}

bool LogJob::wants_from_memory(const proto::LogRecord& record) const {
  if (!in_memory_.contains(record.unit) || !selection_.accepts(record)) return false;
  return !selection_.run || (record.run != 0 && record.run == memory_run(record.unit));
}

/// What --run means for a unit of which supd has the lines; 0: no run.
std::uint64_t LogJob::memory_run(const std::string& unit) const {
  if (*selection_.run > 0) return static_cast<std::uint64_t>(*selection_.run);
  std::set<std::uint64_t> runs;
  if (auto found = memory_runs_.find(unit); found != memory_runs_.end()) runs = found->second;
  // A run that has not said anything yet counts.
  auto source = std::ranges::find(sources_, unit, &proto::LogSource::unit);
  if (source != sources_.end() && source->run != 0) runs.insert(source->run);
  auto back = static_cast<std::size_t>(-*selection_.run);
  return back < runs.size() ? *std::next(runs.rbegin(), static_cast<std::ptrdiff_t>(back)) : 0;
}

/// An empty answer alone does not tell that the run was misnamed.
void LogJob::tell_missing_runs() {
  if (!selection_.run || !names_one_unit(context_.options.units)) return;
  bool found = std::ranges::any_of(files_, [](const auto& log) { return log->has_run(); });
  for (const std::string& unit : in_memory_) {
    auto known = memory_runs_.find(unit);
    found = found || (known != memory_runs_.end() && known->second.contains(memory_run(unit)));
  }
  if (!found) tell("--run: the log has no lines of run " + std::to_string(*selection_.run));
}

void LogJob::note_memory_runs(const std::vector<proto::LogRecord>& past) {
  if (!selection_.run) return;
  for (const proto::LogRecord& record : past) {
    if (record.run != 0) memory_runs_[record.unit].insert(record.run);
  }
}

Try<std::vector<proto::LogRecord>> LogJob::ask_memory() {
  std::vector<proto::LogRecord> out;
  if (in_memory_.empty() || !client_) return out;
  Try<std::int64_t> id = client_->request("logs", memory_params());
  if (!id) return std::unexpected(std::move(id.error()));
  Try<void> read = read_answer(*client_, *id, false, [&](const proto::Message& message) -> Try<bool> {
    if (message.method() != "log") return true;
    auto records = readable(message.records());
    if (!records) return std::unexpected(std::move(records.error()));
    // Behind the past: what follows comes as it is said.
    if (records->empty()) memory_request_ = *id;
    std::ranges::move(*records, std::back_inserter(out));
    return !memory_request_;
  });
  if (!read) return std::unexpected(std::move(read.error()));
  return out;
}

/// Of a file that can't be written just now, memory has what is behind its last record.
void LogJob::drop_what_files_have(std::vector<proto::LogRecord>& past) {
  for (auto& log : files_) {
    if (!half_.contains(log->about().unit)) continue;
    auto everything = [](const proto::LogRecord&) { return true; };
    logs::BackReader reader(log->chain(), {log->about().unit, log->about().kind}, {.fits = everything});
    logs::Hit last, hit;
    if (!reader.back(last)) continue;
    std::size_t same = 1;
    while (reader.back(hit) && hit.time_us == last.time_us) ++same;
    std::erase_if(past, [&](const proto::LogRecord& record) {
      if (record.unit != log->about().unit || record.time_us > last.time_us) return false;
      return record.time_us < last.time_us || same-- > 0;
    });
  }
}

void LogJob::show_past(std::vector<proto::LogRecord> past) {
  note_memory_runs(past);
  std::erase_if(past, [this](const proto::LogRecord& record) { return !wants_from_memory(record); });
  drop_what_files_have(past);
  logs::MemoryLog memory(std::move(past), selection_);
  std::vector<logs::UnitLog*> files;
  std::vector<logs::RecordStream*> streams;
  for (auto& log : files_) files.push_back(log.get());
  auto count = wanted_lines();
  if (count) {
    logs::start_at_last(files, &memory, *count, selection_.run.has_value());
  } else {
    for (logs::UnitLog* log : files) log->start_at_selection();
  }
  for (logs::UnitLog* log : files) {
    if (!context_.options.follow) log->stop_at_size();
    log->forget_read_files();
    streams.push_back(log);
  }
  streams.push_back(&memory);
  tell_missing_runs();
  logs::Merge merge(streams);
  for (proto::LogRecord record; !context_.out.closed() && merge.next(record);) show(record);
}

/// A write of supd that is under way is over in a moment. A record that a crash tore stays as it is.
void LogJob::show_rest() {
  constexpr int moment_ms = 10;
  auto has_rest = [](const auto& log) { return log->has_rest(); };
  if (std::ranges::none_of(files_, has_rest)) return;
  ::poll(nullptr, 0, moment_ms);
  proto::LogRecord record;
  for (auto& log : files_) {
    while (log->has_rest() && log->next(record)) show(record);
    if (log->rest(record)) show(record);
  }
}

}  // namespace supd::ctl

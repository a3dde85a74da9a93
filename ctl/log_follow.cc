/// follow_logs(): one loop over the files' events and over what supd tells of units without files.

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include "ctl/log_job.hpp"
#include "ctl/logs/watcher.hpp"
#include "daemon/log/format/stamp.hpp"
#include "units/base/glob.hpp"

namespace supd::ctl {
namespace {

constexpr int look_ms = 200;                       ///< between looks at files that nobody tells of
constexpr int reconnect_ms = 1000;                 ///< between tries to find supd again
constexpr std::size_t turn_bytes = 1024UL * 1024;  ///< of one log, before others get their turn

/// One log that is followed.
struct Followed {
  logs::UnitLog* log;
  bool dirty = true;
  std::int64_t last_us = INT64_MIN;
  std::int64_t not_before_us = INT64_MIN;  ///< of a unit that was found later: what was before is not asked for
};

class Follow {
 public:
  explicit Follow(LogJob& job) : job_(job), started_us_(log::wall_clock_us()) {}

  Ending run();

 private:
  struct Shown {
    std::int64_t at_us;
    proto::LogRecord record;
  };

  void watch_new_files();
  void drain();
  [[nodiscard]] std::size_t drain(Followed& followed);
  void show_batch();
  [[nodiscard]] bool any_dirty() const { return std::ranges::any_of(followed_, &Followed::dirty); }
  [[nodiscard]] bool wait();
  void take_file_events();

  void ask_for_more(std::int64_t memory_lines);
  void take_messages();
  void take(const proto::Message& message);
  void take_events(const proto::Message& message);
  void take_sources(const proto::Message& message);
  void take_memory(std::vector<proto::LogRecord> records);
  void lose_supd();
  void find_supd_again();
  [[nodiscard]] bool new_units_count() const;
  [[nodiscard]] bool nothing_can_come() const { return followed_.empty() && memory_ended_ && !new_units_count(); }

  LogJob& job_;
  std::int64_t started_us_;
  logs::Watcher watcher_;
  std::vector<Followed> followed_;
  std::vector<Shown> batch_;
  std::map<std::string, std::int64_t> memory_last_us_, known_until_us_;  ///< by unit
  std::int64_t memory_id_ = 0, events_id_ = 0, sources_id_ = 0;
  bool memory_ended_ = false, supd_was_lost_ = false, told_lost_ = false;
  Instant retry_at_{};
};

/// Watched before it is looked at: what happens between the two is not missed.
void Follow::watch_new_files() {
  for (std::size_t i = followed_.size(); i < job_.files().size(); ++i) {
    followed_.push_back({job_.files()[i].get()});
    watcher_.add(i, followed_[i].log->chain().path());
  }
}

bool Follow::new_units_count() const {
  const auto& units = job_.context().options.units;
  auto open_ended = [](const std::string& word) { return is_glob(word) || word.starts_with('@'); };
  return job_.client() && (units.empty() || std::ranges::any_of(units, open_ended));
}

std::size_t Follow::drain(Followed& followed) {
  std::size_t bytes = 0;
  proto::LogRecord record;
  while (bytes < turn_bytes) {
    if (followed.log->next(record)) {
      bytes += record.text.size() + 64;
      if (record.time_us < followed.not_before_us) continue;
      followed.last_us = std::max(followed.last_us, record.time_us);
      batch_.push_back({followed.last_us, std::move(record)});
      continue;
    }
    auto looked = followed.log->chain().look();
    if (!looked) followed.log->troubles().add(looked.error());
    if (looked && *looked) continue;
    followed.dirty = false;
    break;
  }
  return bytes;
}

void Follow::drain() {
  std::size_t bytes = 0;
  for (Followed& followed : followed_) {
    if (followed.dirty && bytes < 4 * turn_bytes) bytes += drain(followed);
  }
  show_batch();
  job_.tell_troubles();
}

void Follow::show_batch() {
  std::ranges::stable_sort(batch_, {}, &Shown::at_us);
  for (const Shown& shown : batch_) job_.show(shown.record);
  batch_.clear();
}

void Follow::take_file_events() {
  watcher_.take([this](const logs::FileEvent& event) {
    Followed& followed = followed_[event.log];
    if (event.closed_us) followed.log->chain().note_closed(*event.closed_us);
    followed.dirty = true;
  });
  if (watcher_.complete()) return;
  for (Followed& followed : followed_) followed.dirty = true;
}

/// False: the reader of stdout went away.
bool Follow::wait() {
  int longest = -1;
  if (!watcher_.complete() && !followed_.empty()) longest = look_ms;
  if (supd_was_lost_) longest = longest < 0 ? reconnect_ms : std::min(longest, reconnect_ms);
  int supd = job_.client() && !supd_was_lost_ ? job_.client()->fd() : -1;
  // Without events, poll(2) still reports POLLERR: the write end of a pipe that nobody reads.
  std::array<pollfd, 3> fds{pollfd{watcher_.fd(), POLLIN, 0}, pollfd{supd, POLLIN, 0},
                            pollfd{job_.context().out.fd(), 0, 0}};
  ::poll(fds.data(), fds.size(), longest);
  return (fds[2].revents & POLLERR) == 0;
}

/// Changes of units are how one that is new is noticed.
void Follow::ask_for_more(std::int64_t memory_lines) {
  Client& client = *job_.client();
  if (new_units_count()) {
    proto::Params params;
    params.lines = 0;
    params.follow = true;
    if (auto id = client.request("events", params)) events_id_ = *id;
  }
  if (memory_lines < 0 || job_.in_memory().empty()) return;
  proto::Params params = job_.memory_params();
  params.lines = memory_lines;
  if (auto id = client.request("logs", params)) memory_id_ = *id;
}

void Follow::take_messages() {
  while (job_.client() && !supd_was_lost_) {
    auto message = job_.client()->next(Instant{});
    if (message) {
      take(*message);
    } else if (message.error().outcome == Outcome::timed_out) {
      return;
    } else {
      lose_supd();
    }
  }
}

void Follow::take(const proto::Message& message) {
  if (message.kind() != proto::MessageKind::notification) {
    if (message.id() == memory_id_ && memory_id_ != 0) memory_ended_ = true;
  } else if (message.method() == "log") {
    if (auto records = message.records()) take_memory(std::move(*records));
  } else if (message.method() == "event") {
    take_events(message);
  } else if (message.method() == "log_file") {
    take_sources(message);
  }
}

void Follow::take_memory(std::vector<proto::LogRecord> records) {
  for (proto::LogRecord& record : records) {
    std::int64_t& last_us = memory_last_us_[record.unit];
    // From a supd that was lost and found again, only what is new.
    auto until = known_until_us_.find(record.unit);
    bool known = until != known_until_us_.end() && record.time_us <= until->second;
    last_us = std::max(last_us, record.time_us);
    if (!known && job_.wants_from_memory(record)) batch_.push_back({last_us, std::move(record)});
  }
  show_batch();
}

void Follow::take_events(const proto::Message& message) {
  auto events = message.events();
  if (!events || sources_id_ != 0) return;
  auto is_known = [this](const UnitEvent& event) {
    return std::ranges::find(job_.sources(), event.unit, &proto::LogSource::unit) != job_.sources().end();
  };
  if (std::ranges::all_of(*events, is_known)) return;
  proto::Params params;
  params.units = job_.context().options.units;
  if (auto id = job_.client()->request("log_files", params)) sources_id_ = *id;
}

void Follow::take_sources(const proto::Message& message) {
  sources_id_ = 0;
  auto sources = message.log_sources();
  if (!sources) return;
  std::size_t before = job_.in_memory().size();
  for (proto::LogSource& source : *sources) {
    auto known = std::ranges::find(job_.sources(), source.unit, &proto::LogSource::unit);
    if (known != job_.sources().end() && known->path == source.path && known->file == source.file) continue;
    if (known != job_.sources().end()) {
      *known = source;
    } else {
      job_.sources().push_back(source);
    }
    if (!job_.add(source)) continue;
    job_.files().back()->start_at_time(started_us_);
    job_.files().back()->forget_read_files();
    watch_new_files();
    followed_.back().not_before_us = started_us_;
  }
  if (job_.in_memory().size() == before) return;
  // The request before goes on beside this one: only units that it does not have are asked for.
  proto::Params params = job_.memory_params();
  params.lines = 0;
  static_cast<void>(job_.client()->request("logs", params));
}

void Follow::lose_supd() {
  supd_was_lost_ = true;
  retry_at_ = now() + std::chrono::milliseconds(reconnect_ms);
  if (std::exchange(told_lost_, true)) return;
  job_.tell("supd is gone; its log files are followed on");
}

void Follow::find_supd_again() {
  if (!supd_was_lost_ || now() < retry_at_) return;
  retry_at_ = now() + std::chrono::milliseconds(reconnect_ms);
  Try<Client> client = job_.context().connect();
  if (!client) return;
  job_.client().emplace(std::move(*client));
  supd_was_lost_ = told_lost_ = false;
  known_until_us_ = memory_last_us_;
  memory_id_ = events_id_ = sources_id_ = 0;
  ask_for_more(LogJob::most_lines);
}

Ending Follow::run() {
  watch_new_files();
  memory_id_ = job_.memory_request().value_or(0);
  memory_ended_ = memory_id_ == 0;
  if (job_.client()) {
    ask_for_more(-1);
    take_messages();
  }
  while (!job_.context().out.closed()) {
    drain();
    if (nothing_can_come()) return Outcome::done;
    if (!any_dirty()) {
      job_.context().out.flush();
      if (job_.context().out.closed() || !wait()) break;
    }
    take_file_events();
    take_messages();
    find_supd_again();
    if (supd_was_lost_ && followed_.empty()) {
      return std::unexpected(Failure{Outcome::unreachable,
                                     job_.context().options.socket + ": supd closed the connection",
                                     "did supd end? See its own output"});
    }
  }
  return Outcome::done;
}

}  // namespace

Ending follow_logs(LogJob& job) { return Follow(job).run(); }

}  // namespace supd::ctl

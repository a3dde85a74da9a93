#include "daemon/operator.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "config/keys/names.hpp"
#include "daemon/doctor.hpp"
#include "daemon/log/hub.hpp"
#include "daemon/log/own_log.hpp"
#include "daemon/show_unit.hpp"
#include "daemon/sys/clock.hpp"
#include "units/base/glob.hpp"
#include "units/base/nearest.hpp"

namespace supd {
namespace {

constexpr std::int64_t in_ms(Duration length) { return length.count() / 1'000'000; }

void describe_log(UnitStatus& out, const log::UnitLog& log) {
  log::LogStats stats = log.stats();
  out.log_lines = stats.lines;
  out.log_bytes = stats.bytes;
  out.log_truncated = stats.truncated;
  out.log_limited = stats.limited.records;
  out.log_limited_bytes = stats.limited.bytes;
  out.log_dropped_file = stats.dropped.records;
  std::tie(out.log_dropped_console, out.log_dropped_journal, out.log_dropped_syslog) =
      std::tuple_cat(stats.shared_dropped);
  out.log_dropped = out.log_limited + out.log_dropped_file + out.log_dropped_console + out.log_dropped_journal +
                    out.log_dropped_syslog;
  out.log_waiting = stats.lag.bytes;
  out.log_waiting_ms = in_ms(stats.lag.age);
  auto lag_of = [&](log::SharedSink sink) {
    const log::DatagramSink* shared = log.goes_to(sink) ? log.hub().datagrams(sink) : nullptr;
    return shared != nullptr ? shared->lag() : log::Lag{};
  };
  log::Lag journal = lag_of(log::SharedSink::journal), syslog = lag_of(log::SharedSink::syslog);
  out.journal_waiting = journal.bytes;
  out.journal_waiting_ms = in_ms(journal.age);
  out.syslog_waiting = syslog.bytes;
  out.syslog_waiting_ms = in_ms(syslog.age);
}

}  // namespace

Operator::Operator(Supervisor& supervisor, Executor& executor, const io::Loop& loop, const EventLog& events,
                   About about)
    : supervisor_(supervisor), executor_(executor), loop_(loop), events_(events), about_(std::move(about)) {}

std::vector<UnitId> Operator::find(std::string_view pattern) const {
  bool of_target = pattern.starts_with('@');
  std::string_view name = of_target ? pattern.substr(1) : pattern;
  if (UnitId unit = supervisor_.find(name); unit.valid()) {
    if (!of_target) return {unit};
    std::vector<UnitId> members = supervisor_.members(unit);
    members.erase(members.begin());
    return members;
  }
  std::vector<UnitId> found;
  if (of_target || !is_glob(pattern)) return found;
  for (UnitId unit : supervisor_.units()) {
    if (glob_matches(pattern, supervisor_.spec(unit).name)) found.push_back(unit);
  }
  return found;
}

std::vector<UnitId> Operator::all_units() const {
  std::span<const UnitId> all = supervisor_.units();
  return {all.begin(), all.end()};
}

std::string Operator::nearest_name(std::string_view name) const {
  std::vector<std::string_view> names;
  names.reserve(supervisor_.units().size());
  for (UnitId unit : supervisor_.units()) names.push_back(supervisor_.spec(unit).name);
  return nearest(name.starts_with('@') ? name.substr(1) : name, names);
}

UnitStatus Operator::status(UnitId unit) const {
  const UnitSpec& spec = supervisor_.spec(unit);
  const UnitState& state = supervisor_.state(unit);
  const UnitRuntime& runtime = executor_.runtime(unit);
  Instant now = loop_.now();
  UnitStatus out;
  out.name = spec.name;
  out.kind = word(spec.kind);
  out.description = spec.description;
  out.state = state.state;
  out.wanted = state.wanted;
  out.ready = state.state == State::running && state.intent == Intent::none && spec.kind != Kind::task;
  out.run = state.run.value;
  if (runtime.run) {
    out.pid = runtime.run->pid();
    out.uptime_ms = in_ms(now - runtime.run->started());
  } else if (state.state == State::running) {
    out.uptime_ms = in_ms(now - state.since);  // a target
  }
  // The one place where a monotonic time becomes a wall time: for people, never for a deadline.
  out.since_ms = in_ms(sys::wall_now().since_epoch - (now - state.since));
  out.restarts = state.restarts;
  if (state.last_exit.known()) out.last_exit = state.last_exit.text();
  out.cause = supervisor_.cause_sentence(unit);
  out.cpu_ms = in_ms(runtime.cpu);
  out.max_rss_kb = static_cast<std::int64_t>(runtime.max_rss_bytes / 1024);
  describe_log(out, runtime.log);
  return out;
}

Result<void> Operator::signal(UnitId unit, int signal) { return executor_.signal_main(unit, signal); }

std::vector<proto::WhyStep> Operator::why(UnitId unit) const {
  std::vector<proto::WhyStep> steps;
  for (const Reason& reason : supervisor_.why(unit)) {
    steps.push_back({name(reason.unit), state(reason.unit), reason.text});
  }
  return steps;
}

std::string Operator::start_refusal(UnitId unit) const {
  const UnitSpec& spec = supervisor_.spec(unit);
  if (!spec.masked) return {};
  std::string_view said_of = spec.name;
  // What is said of a set is said of each replica.
  if (spec.replica != 0) said_of = said_of.substr(0, said_of.rfind(':'));
  return spec.name + " is masked: supctl unmask " + std::string(said_of);
}

std::string Operator::advice_for(std::string_view unknown) const {
  std::string name(unknown);
  const auto& templates = about_.changes.running()->templates;
  std::string template_name(config::template_of(name));
  if (std::ranges::find(templates, template_name) != templates.end()) {
    return "it can be made of the template " + template_name + ": supctl enable " + name;
  }
  return "if its file is new: supctl apply";
}

std::vector<proto::ShownValue> Operator::show(UnitId unit, bool reveal) const {
  const config::Loaded& loaded = *about_.changes.running();
  const config::Unit* found = loaded.find(name(unit));
  if (found == nullptr) return {};
  std::vector<proto::ShownValue> values = show_keys(*found, loaded, reveal);
  if (found->spec->kind != Kind::target) std::ranges::move(show_log_figures(status(unit)), std::back_inserter(values));
  return values;
}

std::vector<proto::ShownValue> Operator::show_environment(UnitId unit, bool reveal) const {
  const config::Loaded& loaded = *about_.changes.running();
  const config::Unit* found = loaded.find(name(unit));
  if (found == nullptr) return {};
  return supd::show_environment(*found, loaded, supervisor_.state(unit).run, reveal);
}

std::string Operator::show_toml(UnitId unit, bool reveal) const {
  return supd::show_toml(supervisor_.spec(unit), reveal);
}

std::vector<proto::Finding> Operator::doctor() const {
  std::vector<proto::Finding> findings;
  findings.push_back({"engine", true, about_.engine_reason, ""});
  std::string advice = about_.has_cgroups ? "" : "mount cgroup2 and give supd a cgroup that it may write to";
  findings.push_back({"cgroups", about_.has_cgroups, about_.cgroup_reason, advice});
  examine_host(findings);
  examine_supd(findings, executor_, loop_);
  return findings;
}

proto::Hello Operator::hello() const {
  proto::Hello hello;
  hello.version = SUPD_VERSION;
  hello.engine = loop_.engine_name();
  hello.pid = ::getpid();
  return hello;
}

void Operator::shutdown(std::string_view by, EndKind how) {
  std::string what =
      how == EndKind::exit ? "stopping everything" : std::string(word(how)) + ", stopping everything first";
  bool other = chosen_end_ && *chosen_end_ != how;
  std::string stays = other ? "; but " + std::string(word(*chosen_end_)) + " is under way, and stays" : "";
  log::info(what + ": asked for by " + std::string(by) + stays);
  choose_end(how);
  executor_.shutdown();
}

std::vector<proto::LogRecord> Operator::log_tail(UnitId unit, std::size_t lines) const {
  return executor_.runtime(unit).log.tail(lines);
}

proto::LogSource Operator::log_source(UnitId unit) const {
  proto::LogSource out = executor_.runtime(unit).log.source();
  out.run = supervisor_.state(unit).run.value;
  std::error_code ignored;
  if (!out.path.empty()) out.path = std::filesystem::absolute(out.path, ignored);
  return out;
}

std::uint64_t Operator::write_log_out(UnitId unit) { return executor_.runtime(unit).log.write_out(); }

bool Operator::log_has_written(UnitId unit, std::uint64_t mark) const {
  return executor_.runtime(unit).log.has_written(mark);
}

void Operator::follow_log(UnitId unit) { executor_.runtime(unit).log.follow(); }

void Operator::unfollow_log(UnitId unit) { executor_.runtime(unit).log.unfollow(); }

std::vector<UnitEvent> Operator::recent_events(std::size_t count) const {
  std::vector<UnitEvent> out;
  for (const Transition& transition : events_.last(count)) out.push_back(describe(transition));
  return out;
}

UnitEvent Operator::describe(const Transition& transition) const {
  const Cause& cause = transition.cause;
  UnitEvent event;
  event.sequence = transition.sequence;
  event.time_ms = in_ms(transition.time.since_epoch);
  event.unit = transition.gone_name ? *transition.gone_name : name(transition.unit);
  event.from = transition.from;
  event.to = transition.to;
  event.run = transition.run.value;
  event.pid = transition.pid;
  event.cause = cause_text(cause, cause.other.valid() ? std::string_view(name(cause.other)) : "");
  return event;
}

}  // namespace supd

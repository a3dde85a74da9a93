#include "daemon/supd.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "daemon/log/own_log.hpp"
#include "daemon/sys/clock.hpp"
#include "daemon/sys/memory.hpp"
#include "daemon/sys/proc_tree.hpp"
#include "units/base/signal_names.hpp"

namespace supd {
namespace {

/// The exit code where processes are left that can't be killed.
constexpr int something_left = 1;

control::Granted granted(const config::RoleList& list) { return {list.uids, list.gids}; }

control::Access access_of(const config::DaemonConfig& daemon) {
  return {granted(daemon.read), granted(daemon.operate), granted(daemon.admin)};
}

sys::CgroupTree* optional_tree(std::optional<sys::CgroupTree>& tree) { return tree ? &*tree : nullptr; }

std::optional<sys::CgroupTree> make_cgroups(std::string& reason) {
  auto tree = sys::CgroupTree::create();
  if (!tree) {
    reason = "no cgroup per unit: " + tree.error().text() + "; " +
             (sys::proc_available() ? "process trees are followed through /proc"
                                    : "without /proc, what leaves its unit's session is not followed");
    return std::nullopt;
  }
  reason = "a cgroup per unit in " + tree->path();
  return std::move(*tree);
}

std::string host_name() {
  utsname name{};
  return ::uname(&name) == 0 ? log::syslog_host(name.nodename) : "-";
}

/// The configuration has been checked.
log::HubOptions hub_options(const Setup& setup, log::Console& console) {
  const config::LoggingConfig& logging = setup.loaded->daemon.logging;
  const auto* facility = std::ranges::find(syslog_facilities, logging.syslog_facility);
  return {.directory = setup.log_dir,
          .console = &console,
          .journal = unix_address(logging.journal_socket),
          .syslog = *parse_datagram_address(logging.syslog),
          .syslog_source = {static_cast<unsigned>(facility - syslog_facilities.begin()), host_name()}};
}

/// Nothing when stderr is all.
std::optional<log::OwnSinks::Options> own_options(const config::LoggingConfig& logging) {
  auto has = [&](std::string_view word) { return std::ranges::find(logging.own, word) != logging.own.end(); };
  log::OwnSinks::Options options{.to_stderr = has("stderr"),
                                 .file = has("file"),
                                 .journal = has("journal"),
                                 .syslog = has("syslog"),
                                 .format = logging.own_format == "json" ? LogFormat::json : LogFormat::text};
  if (options.to_stderr && !options.file && !options.journal && !options.syslog) return std::nullopt;
  return options;
}

}  // namespace

Supd::Supd(Setup setup, Supervisor supervisor)
    : setup_(std::move(setup)),
      loop_(*setup_.engine.loop),
      supervisor_(std::move(supervisor)),
      console_(log::Console::of_stdio(loop_, setup_.loaded->daemon.logging.console_format == "json")),
      logs_(loop_, *this, hub_options(setup_, console_)),
      cgroups_(make_cgroups(cgroup_reason_)),
      executor_(supervisor_, {loop_, logs_, optional_tree(cgroups_), *this}),
      operator_(supervisor_, executor_, loop_, events_,
                {setup_.engine.reason, cgroup_reason_, cgroups_.has_value(), setup_.machine.has_value(), applier_}),
      applier_({loop_, supervisor_, executor_, operator_, *this}, std::move(setup_.loaded), std::move(setup_.source)),
      reload_(applier_, [this] { manager_.ready(); }),
      server_(loop_, operator_, access_of(applier_.running()->daemon)),
      signals_(loop_, *this, setup_.machine.has_value()),
      manager_(loop_, setup_.service_manager, [this] { return status_text(); }),
      end_watch_(loop_, supervisor_, executor_),
      boot_watch_(loop_, supervisor_, executor_, setup_.machine) {
  log::attach(loop_);
  log::info(setup_.engine.reason);
  if (!cgroups_) log::info(cgroup_reason_);
}

Supd::~Supd() { log::detach(); }

Result<void> Supd::listen() {
  if (setup_.passed_socket) {
    bool ours = setup_.passed_socket->name == kept_socket;
    auto listening = server_.listen(std::move(setup_.passed_socket->fd), ours);
    if (listening) return {};
    if (!ours) return listening;
    log::warn(listening.error().text() + ": the control socket of the last supd is not used");
  }
  auto listening = server_.listen(setup_.socket);
  bool no_place = !listening && listening.error().code != 0;
  if (!no_place || setup_.socket_asked_for) return listening;
  log::warn("no control socket, supctl can't reach this supd: " + listening.error().text());
  return {};
}

int Supd::run(int ready_fd) {
  // Not before: who starts supd and sees it fail looks at stderr.
  if (auto options = own_options(applier_.running()->daemon.logging)) own_.emplace(logs_, *options);
  signals_.set_rules(applier_.running()->daemon.signals);
  executor_.set_exit_policy(exit_policy());
  boot_watch_.boot();
  sys::give_back_unused();
  sys::keep_free_memory();
  std::string status = std::to_string(supervisor_.units().size()) + " units";
  std::string control = server_.path().empty() ? "no control socket" : "control socket " + server_.path();
  log::info("supd " SUPD_VERSION " runs " + status + "; " + control);
  manager_.ready();
  if (server_.listener().valid()) manager_.keep(std::string(kept_socket), server_.listener());
  if (ready_fd >= 0) {
    [[maybe_unused]] ssize_t written = ::write(ready_fd, "\n", 1);
    ::close(ready_fd);
  }
  while (!end_watch_.over()) {
    loop_.turn();
    watch_shutdown();
  }
  watch_shutdown();
  finish_output();
  if (cgroups_) {
    executor_.remove_cgroups();
    if (auto removed = cgroups_->remove(); !removed) log::warn(removed.error().text() + ", ignoring");
  }
  tell_ending();
  finish_own_log();
  int code = supervisor_.ending().code;
  return end_watch_.given_up() && code == 0 ? something_left : code;
}

void Supd::tell_ending() {
  const Ending& ending = supervisor_.ending();
  std::string code;
  if (ending.unit.valid()) {
    code = "; exit code " + std::to_string(ending.code) + ", for " + operator_.name(ending.unit);
  }
  log::info((end_watch_.given_up() ? "everything else is stopped" : "everything is stopped") + code);
}

void Supd::on_transition(const Transition& transition) {
  Transition stamped = transition;
  stamped.time = sys::wall_now();
  const Transition& kept = events_.add(stamped);
  applier_.on_transition(kept.unit);
  manager_.changed();
  boot_watch_.on_transition(kept.unit, kept.to);
  bool heard = server_.sessions() > 0;
  bool noted = TransitionNotes::wants(kept.to);
  if (!heard && !noted) return;
  UnitEvent event = operator_.describe(kept);
  if (noted) notes_.note(kept, loop_.now(), event.unit, event.cause);
  if (heard) server_.on_transition(kept.unit, event);
}

void Supd::on_unit_added(UnitId unit) { server_.on_unit_added(unit); }

void Supd::on_unit_gone(UnitId unit, const Cause& cause) {
  const std::string& name = operator_.name(unit);
  events_.settle(unit, name);
  applier_.on_unit_gone(unit);
  server_.on_unit_gone({unit, name, operator_.state(unit), cause_text(cause, "")});
}

void Supd::on_log_record(UnitId unit, const proto::LogRecord& record) { server_.on_log(unit, record); }

void Supd::on_log_file_failed(const std::string& path, const Error& error) {
  log::warn("log file " + path + ": " + error.text() + "; lines are dropped and counted until it works again");
}

void Supd::on_log_file_resumed(const std::string& path) { log::info("log file " + path + " works again"); }

void Supd::on_log_rotation_failed(const std::string& path, const Error& error) {
  log::warn("log file " + path + " can't be rotated and grows on: " + error.text());
}

void Supd::on_log_compress_failed(const std::string&, const Error& error) {
  log::warn(error.text() + "; closed log files that can't be compressed or removed stay as they are");
}

void Supd::on_log_datagrams_failed(std::string_view sink, const Error& error) {
  log::warn(std::string(sink) + ": " + error.text() + "; records are dropped and counted until it works again");
}

void Supd::on_log_datagrams_resumed(std::string_view sink) { log::info(std::string(sink) + " works again"); }

void Supd::on_signal(int signal, config::SignalUse use) {
  using config::SignalUse;
  switch (use) {
    case SignalUse::ignore: log::debug(signal_name(signal) + ": ignored, nothing is said of it in [signals]"); break;
    case SignalUse::stop: stop(signal, EndKind::exit); break;
    case SignalUse::kill: kill(signal); break;
    case SignalUse::reload: reload(); break;
    case SignalUse::reopen: reopen_logs(signal); break;
    case SignalUse::poweroff: stop(signal, EndKind::poweroff); break;
    case SignalUse::reboot: stop(signal, EndKind::reboot); break;
    case SignalUse::halt: stop(signal, EndKind::halt); break;
    case SignalUse::run: run_for(signal); break;
  }
}

void Supd::reload() {
  manager_.reloading();
  reload_.ask();
}

std::string Supd::status_text() const {
  std::array<std::size_t, state_count> counts{};
  for (UnitId unit : supervisor_.units()) ++counts[static_cast<std::size_t>(supervisor_.state(unit).state)];
  std::string text = std::to_string(supervisor_.units().size()) + " units";
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    text += (text.find(':') == text.npos ? ": " : ", ") + std::to_string(counts[i]) + " ";
    text += state_name(static_cast<State>(i));
  }
  return text;
}

void Supd::stop(int signal, EndKind how) {
  operator_.choose_end(how);
  bool again = std::exchange(stop_signalled_, true);
  if (supervisor_.shutting_down()) {
    log::warn(signal_name(signal) + (again ? " again" : " while everything stops") + ": killing what is left");
    return end_watch_.kill();
  }
  log::info(signal_name(signal) + ": stopping everything");
  executor_.shutdown();
}

EndKind Supd::end_kind() const {
  if (!setup_.machine) return EndKind::exit;
  EndKind how = operator_.chosen_end().value_or(EndKind::poweroff);
  return how == EndKind::exit ? EndKind::poweroff : how;
}

/// A machine has work to do when nothing runs any more, and ends only when told, or with an essential unit.
ExitPolicy Supd::exit_policy() const { return setup_.machine ? ExitPolicy::told : applier_.running()->daemon.exit; }

void Supd::kill(int signal) {
  log::warn(signal_name(signal) + ": killing everything");
  executor_.shutdown();
  end_watch_.kill();
}

void Supd::reopen_logs(int signal) {
  log::info(signal_name(signal) + ": log files are opened anew");
  for (UnitId unit : supervisor_.units()) executor_.reopen_log(unit);
}

/// While it still runs for the last one, there is nothing to do.
void Supd::run_for(int signal) {
  UnitId unit = supervisor_.find(config::signal_unit(signal));
  if (!unit.valid()) return;
  log::info(signal_name(signal) + ": " + config::signal_unit(signal) + " is started");
  executor_.command(Command::start, {&unit, 1});
}

/// Those that can change while supd runs.
void Supd::on_settings(const config::DaemonConfig& daemon) {
  if (!setup_.log_level_given) log::set_level(*log::level_of(daemon.log_level));
  server_.set_access(access_of(daemon));
  signals_.set_rules(daemon.signals);
  executor_.set_exit_policy(exit_policy());
}

/// Arms the timeout once, whoever asked for the end.
void Supd::watch_shutdown() {
  const auto& timeout = applier_.running()->daemon.shutdown_timeout;
  if (!supervisor_.shutting_down() || std::exchange(stopping_told_, true)) return;
  if (UnitId unit = supervisor_.ending().unit; unit.valid()) {
    log::info("stopping everything, because " + operator_.name(unit) + " has ended");
  }
  manager_.stopping();
  end_watch_.begin(timeout);
  bool in_container = timeout && ::getpid() == 1 && !setup_.machine;
  if (in_container) end_by_ = loop_.now() + std::max(container_end, *timeout + container_rest);
}

Instant Supd::by(Duration longest) const { return std::min(loop_.now() + longest, std::max(loop_.now(), end_by_)); }

bool Supd::alone() {
  bool in_time = loop_.now() < end_by_;
  return applier_.finish(by(last_work) - loop_.now()) && in_time;
}

/// The last process is gone, its last words are on their way: to the pipes' ends, to files and console,
/// and the last answers to the clients.
void Supd::finish_output() {
  logs_.compressor().stop();
  Instant pipes_end = by(last_reads);
  while (logs_.open_streams > 0 && loop_.now() < pipes_end) loop_.turn(pipes_end);
  executor_.cut_output();
  server_.close();
  Instant files_end = by(last_writes);
  while (logs_.open_streams > 0 && loop_.now() < files_end) loop_.turn(files_end);
  executor_.close_logs();
  auto busy = [&] {
    return logs_.open_streams > 0 || logs_.compressor().busy() || !logs_.idle() || !log::own_log_idle();
  };
  while (busy() && loop_.now() < files_end) loop_.turn(files_end);
}

void Supd::finish_own_log() {
  if (!own_) return;
  own_->close();
  Instant end = by(last_words);
  while ((!logs_.idle() || !log::own_log_idle()) && loop_.now() < end) loop_.turn(end);
}

}  // namespace supd

// supd: from the command line to a running daemon, or to a list of what is wrong.

#include <algorithm>
#include <csignal>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "ctl/proto/outcome.hpp"
#include "daemon/log/compress_file.hpp"
#include "daemon/log/own_log.hpp"
#include "daemon/machine/machine.hpp"
#include "daemon/offline.hpp"
#include "daemon/options.hpp"
#include "daemon/paths.hpp"
#include "daemon/signal_watch.hpp"
#include "daemon/single/options.hpp"
#include "daemon/single/single.hpp"
#include "daemon/supd.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/rlimits.hpp"
#include "daemon/sys/signals.hpp"
#include "daemon/sys/spawn.hpp"
#include "daemon/sys/subreaper.hpp"
#include "daemon/sys/terminal.hpp"
#include "units/supervisor.hpp"

namespace supd {
namespace {

constexpr int bad_configuration = static_cast<int>(proto::Outcome::usage);
constexpr int could_not_run = static_cast<int>(proto::Outcome::failed);
constexpr pid_t init = 1;

/// Whatever state the parent left us in, from here on it is known. Failures cost a feature, not the start.
void settle_in() {
  std::vector<int> blocked(watched_signals().begin(), watched_signals().end());
  blocked.push_back(SIGCHLD);
  sys::open_missing_stdio();
  sys::adopt_signal_state(blocked);
  sys::mark_inherited_fds_cloexec();
  if (auto done = sys::reserve_spawn_slots(); !done) log::warn(done.error().text() + ", ignoring");
  if (auto done = sys::raise_nofile_limit(); !done) log::warn(done.error().text() + ", ignoring");
  if (auto done = sys::become_subreaper(); !done) {
    log::warn(done.error().text() + ": orphans of units may escape");
  }
}

/// A supd with nothing to do is allowed, and seldom meant.
void warn_of_no_units(const std::vector<std::string>& given) {
  std::string places;
  for (const std::string& path : given.empty() ? config::default_search_path() : given) {
    places += (places.empty() ? "" : ", ") + path;
  }
  log::warn("no units in " + places + ": there is nothing to supervise");
}

io::Engine engine_of(const std::string& name) {
  if (name == "uring") return io::Engine::uring;
  if (name == "epoll") return io::Engine::epoll;
  return io::Engine::automatic;
}

const std::string& first_set(const std::string& first, const std::string& second) {
  return first.empty() ? second : first;
}

/// The state directory may be named in the configuration that it has a say in: where it does, that is read twice.
config::Loaded load_with_state(config::LoadRequest& request, const Options& options) {
  config::Loaded loaded = config::load(request);
  std::string state_dir = first_set(options.state_dir, first_set(loaded.daemon.state_dir, default_state_dir()));
  if (state_dir.empty()) return loaded;
  request.state_file = state_dir + "/overrides.toml";
  loaded.overrides.file = request.state_file;
  if (!loaded.ok() || ::access(request.state_file.c_str(), F_OK) != 0) return loaded;
  config::LoadRequest again = request;
  again.previous = std::make_shared<const config::Loaded>(std::move(loaded));
  return config::load(again);
}

/// What a service manager passed: a socket unit's, or what the supd before this one had it keep.
std::optional<SdDaemon::PassedFd> control_socket_of(std::vector<SdDaemon::PassedFd> passed) {
  auto kept = std::ranges::find(passed, Supd::kept_socket, &SdDaemon::PassedFd::name);
  auto chosen = kept != passed.end() ? kept : passed.begin();
  for (auto each = passed.begin(); each != passed.end(); ++each) {
    if (each != chosen) log::warn("a file descriptor that was passed, " + each->name + ", is not used");
  }
  return passed.empty() ? std::nullopt : std::optional(std::move(*chosen));
}

config::LoadRequest request_of(const Options& options) {
  config::LoadRequest request;
  request.paths = options.config;
  request.trust_all = options.trust_config;
  request.given = {.command = options.command,
                   .terminal = sys::is_terminal(sys::BorrowedFd(STDIN_FILENO)),
                   .container = ::getpid() == 1 && !options.machine,
                   .console_shell = options.machine ? machine::console_shell() : std::vector<std::string>{}};
  return request;
}

/// How supd came to its end.
struct Finished {
  int code = 0;
  std::optional<EndKind> end{};  ///< nothing: it could not run
};

Finished run(const Options& options) {
  if (!options.log_level.empty()) log::set_level(*log::level_of(options.log_level));
  settle_in();
  SdDaemon service_manager;
  auto passed_socket = control_socket_of(service_manager.take_fds());
  config::LoadRequest source = request_of(options);
  config::Loaded loaded = load_with_state(source, options);
  auto supervisor = load_units(loaded);
  report(loaded, stderr);
  if (!supervisor) {
    log::error("nothing was started: correct the configuration first");
    return {bad_configuration};
  }
  if (supervisor->size() == 0) warn_of_no_units(options.config);
  const config::DaemonConfig daemon = loaded.daemon;
  if (options.log_level.empty()) log::set_level(*log::level_of(daemon.log_level));
  auto engine = io::make_loop(engine_of(first_set(options.engine, daemon.engine)));
  if (!engine) {
    log::error(engine.error().text());
    return {could_not_run};
  }
  std::string runtime_dir = first_set(daemon.runtime_dir, default_runtime_dir());
  std::string socket = first_set(options.socket, first_set(daemon.socket, runtime_dir + "/control.sock"));
  std::string log_dir = first_set(options.log_dir, first_set(daemon.log_dir, default_log_dir()));
  loaded.diagnostics = {};
  Setup setup{.service_manager = service_manager,
              .passed_socket = std::move(passed_socket),
              .loaded = std::make_shared<const config::Loaded>(std::move(loaded)),
              .source = std::move(source),
              .log_level_given = !options.log_level.empty(),
              .engine = std::move(*engine),
              .socket = std::move(socket),
              .socket_asked_for = !options.socket.empty() || !daemon.socket.empty() || !daemon.runtime_dir.empty(),
              .log_dir = std::move(log_dir),
              .machine = options.machine};
  Supd supd(std::move(setup), std::move(*supervisor));
  if (auto listening = supd.listen(); !listening) {
    log::error(listening.error().text());
    return {could_not_run};
  }
  int code = supd.run(options.ready_fd);
  if (!supd.alone() && !options.machine) ::_exit(code);
  return {code, supd.end_kind()};
}

std::optional<sys::MachineEnd> run_machine(const std::vector<std::string>& words, machine::BootMode mode) {
  std::vector<char*> argv{const_cast<char*>("supd")};
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  Options options;
  if (parse_options(static_cast<int>(argv.size()), argv.data(), options) >= 0) {
    log::warn("the options of init are not used");
    options = {};
  }
  options.machine = mode;
  Finished finished = run(options);
  if (!finished.end) return std::nullopt;
  switch (*finished.end) {
    case EndKind::exit:
    case EndKind::poweroff: return sys::MachineEnd::poweroff;
    case EndKind::reboot: return sys::MachineEnd::reboot;
    case EndKind::halt: return sys::MachineEnd::halt;
  }
  std::unreachable();
}

}  // namespace
}  // namespace supd

int main(int argc, char** argv) {
  // First: what comes early is done as soon as somebody listens. PID 1 would lose it; any other process ends of it, as
  // it should.
  if (::getpid() == supd::init) supd::sys::block_signals(supd::watched_signals());
  std::span<char* const> arguments(argv, static_cast<std::size_t>(argc));
  if (supd::machine::requested(arguments, supd::known_options)) {
    supd::machine::run(arguments, supd::known_options, supd::run_machine);
  }
  if (supd::single::requested(argc, argv)) return supd::single::run(argc, argv);
  supd::Options options;
  int done = supd::parse_options(argc, argv, options);
  if (done >= 0) return done;
  if (!options.compress.empty()) return supd::log::compress_child(options.compress[0], options.compress[1]);
  if (options.check) return supd::check(options);
  if (options.explain) return supd::explain(options);
  if (options.schema) return supd::schema(options);
  if (options.init) supd::log::warn("--init is for PID 1: without effect");
  return supd::run(options).code;
}

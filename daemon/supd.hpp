#pragma once

/// The running daemon: owns the loop, the core, the executor, the logs and the control server, and
/// connects them. One object, one thread; run() returns when everything has been stopped.

#include <memory>
#include <optional>
#include <string>

#include "config/load.hpp"
#include "daemon/apply/signal_reload.hpp"
#include "daemon/boot_watch.hpp"
#include "daemon/control/server.hpp"
#include "daemon/end_watch.hpp"
#include "daemon/event_log.hpp"
#include "daemon/executor.hpp"
#include "daemon/io/engine.hpp"
#include "daemon/log/console.hpp"
#include "daemon/log/hub.hpp"
#include "daemon/log/own_sinks.hpp"
#include "daemon/machine/boot_words.hpp"
#include "daemon/operator.hpp"
#include "daemon/options.hpp"
#include "daemon/service_manager.hpp"
#include "daemon/signal_watch.hpp"
#include "daemon/transition_notes.hpp"
#include "units/supervisor.hpp"

namespace supd {

/// Everything that was decided before the first process is started.
struct Setup {
  const SdDaemon& service_manager;                  ///< outlives the daemon
  std::optional<SdDaemon::PassedFd> passed_socket;  ///< the control socket, where somebody else has made it
  std::shared_ptr<const config::Loaded> loaded;
  config::LoadRequest source;    ///< how it is read again
  bool log_level_given = false;  ///< on the command line, which beats the configuration
  io::Chosen engine;
  std::string socket;
  bool socket_asked_for = false;  ///< else it may be missing where none can be made
  std::string log_dir;
  std::optional<machine::BootMode> machine{};  ///< it is the init of one, and starts so
};

class Supd final : TransitionListener, log::Events, SignalListener, apply::SettingsListener {
 public:
  /// After the last process is gone: so long for the ends of pipes that somebody still holds, and then so
  /// long for files and console to take what was read.
  static constexpr Duration last_reads = 500ms;
  static constexpr Duration last_writes = 3s;
  /// ... and so long for what supd said last.
  static constexpr Duration last_words = 500ms;
  /// ... and so long for a thread that reads the configuration.
  static constexpr Duration last_work = 1s;
  /// In a container all of these end so long after the beginning of the end, or so long after shutdown_timeout: who
  /// runs containers kills after 10 s.
  static constexpr Duration container_end = 9s;
  static constexpr Duration container_rest = 1s;

  Supd(Setup setup, Supervisor supervisor);
  ~Supd();

  /// Claims the control socket. Nothing has been started when this fails: another supd holds it, or it was asked for
  /// and can't be made.
  [[nodiscard]] Result<void> listen();
  /// FDNAME= of the control socket in a service manager's fd store.
  static constexpr std::string_view kept_socket = "supd-control";
  /// Starts what is enabled and stays until everything is stopped again, or what is left can't be killed. Returns the
  /// exit code.
  [[nodiscard]] int run(int ready_fd);
  /// After run(): what shall end with supd.
  [[nodiscard]] EndKind end_kind() const;
  /// After run(): false when a thread still reads the disk, which must not see static objects go, or when the time of a
  /// container is over and the loop would wait for writes that hang (_exit(2)).
  [[nodiscard]] bool alone();

 private:
  void on_transition(const Transition& transition) override;
  void on_unit_added(UnitId unit) override;
  void on_unit_gone(UnitId unit, const Cause& cause) override;
  void on_log_record(UnitId unit, const proto::LogRecord& record) override;
  void on_log_file_failed(const std::string& path, const Error& error) override;
  void on_log_file_resumed(const std::string& path) override;
  void on_log_rotation_failed(const std::string& path, const Error& error) override;
  void on_log_compress_failed(const std::string& path, const Error& error) override;
  void on_log_datagrams_failed(std::string_view sink, const Error& error) override;
  void on_log_datagrams_resumed(std::string_view sink) override;
  void on_signal(int signal, config::SignalUse use) override;
  void on_settings(const config::DaemonConfig& daemon) override;

  [[nodiscard]] ExitPolicy exit_policy() const;
  void reload();
  void stop(int signal, EndKind how);
  void kill(int signal);
  void reopen_logs(int signal);
  void run_for(int signal);
  void tell_ending();
  void watch_shutdown();
  /// In so long, or at the end of a container if that is sooner.
  [[nodiscard]] Instant by(Duration longest) const;
  [[nodiscard]] std::string status_text() const;
  void finish_output();
  void finish_own_log();

  Setup setup_;
  io::Loop& loop_;
  Supervisor supervisor_;
  log::Console console_;
  log::Hub logs_;
  std::optional<log::OwnSinks> own_;  ///< where there are more than stderr
  EventLog events_;
  std::string cgroup_reason_;  ///< filled while cgroups_ is made
  std::optional<sys::CgroupTree> cgroups_;
  Executor executor_;
  Operator operator_;
  apply::Applier applier_;
  apply::SignalReload reload_;
  TransitionNotes notes_;
  control::Server server_;
  SignalWatch signals_;
  ServiceManager manager_;
  Instant end_by_ = Instant::never();
  EndWatch end_watch_;
  BootWatch boot_watch_;
  bool stopping_told_ = false;
  bool stop_signalled_ = false;
};

}  // namespace supd

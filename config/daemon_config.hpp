#pragma once

/// What supd.toml says about supd itself. The command line beats it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "units/base/time.hpp"
#include "units/spec.hpp"

namespace supd::config {

/// Who has a role on the control socket: users, and groups that are written "@GROUP".
struct RoleList {
  std::vector<std::string> names;  ///< as written
  std::vector<std::uint32_t> uids;
  std::vector<std::uint32_t> gids;
  bool operator==(const RoleList&) const = default;
};

/// `[logging]`: what units share when they log, and where supd's own messages go.
struct LoggingConfig {
  std::string journal_socket = "/run/systemd/journal/socket";
  std::string syslog = "unix:/dev/log";  ///< as parse_datagram_address() reads it
  std::string syslog_facility = "daemon";
  std::string console_format = "auto";     ///< auto | text | json
  std::vector<std::string> own{"stderr"};  ///< stderr, file, journal, syslog
  std::string own_format = "text";         ///< of the file: text | json
  bool operator==(const LoggingConfig&) const = default;
};

/// What a signal to supd does.
enum class SignalUse : std::uint8_t {
  ignore,
  stop,      ///< orderly, in reverse order; a second one kills
  kill,      ///< what is left, at once
  reload,    ///< the configuration
  reopen,    ///< log files
  poweroff,  ///< the machine that supd is the init of; elsewhere this and the next two are stop
  reboot,
  halt,
  run,  ///< the unit that stands for its command
};

/// `[signals]`: an entry beats the built-in use of that signal.
struct SignalRule {
  int signal = 0;
  SignalUse use = SignalUse::ignore;
  std::vector<std::string> command;  ///< of `run`
  bool operator==(const SignalRule&) const = default;
};

/// The unit that a signal's command becomes: "signal-SIGUSR2".
[[nodiscard]] std::string signal_unit(int signal);

struct DaemonConfig {
  std::string engine = "auto";               ///< auto | uring | epoll
  std::string runtime_dir;                   ///< empty: the built-in default
  std::string log_dir;                       ///< empty: the built-in default
  std::string state_dir;                     ///< empty: the built-in default
  std::optional<Duration> shutdown_timeout;  ///< none: as long as the stop sequences take
  ExitPolicy exit = ExitPolicy::told;
  std::vector<SignalRule> signals;
  std::string log_level = "info";  ///< error | warn | info | debug
  std::string socket;              ///< empty: RUNTIME_DIR/control.sock
  LoggingConfig logging;
  RoleList read, operate, admin;  ///< besides root and supd's own user, who may do everything
  bool operator==(const DaemonConfig&) const = default;
};

}  // namespace supd::config

#include <array>

#include "config/keys/codecs.hpp"
#include "config/keys/key_makers.hpp"
#include "config/keys/sections.hpp"

namespace supd::config {
namespace {

using DaemonKey = Key<DaemonConfig>;

/// A word out of a list that nothing but this key knows.
template <const auto& words>
struct Word {
  static constexpr std::string_view type = "word";
  static Shape shape() { return words_shape(words); }
  static std::optional<std::string> read(const Field& field) {
    auto index = read_choice(field, field.value, words, {});
    return index ? std::optional(std::string(words[*index])) : std::nullopt;
  }
  static std::string show(const std::string& value) { return toml_string(value); }
};

constexpr std::array<std::string_view, 3> engines{"auto", "uring", "epoll"};
constexpr std::array<std::string_view, 4> levels{"error", "warn", "info", "debug"};

struct EngineWord : Word<engines> {
  static constexpr std::string_view example = "\"auto\"";
};
struct LevelWord : Word<levels> {
  static constexpr std::string_view example = "\"info\"";
};

constexpr std::array<std::string_view, 3> console_formats{"auto", "text", "json"};
constexpr std::array<std::string_view, 2> own_formats{"text", "json"};
constexpr std::array<std::string_view, 4> own_sinks{"stderr", "file", "journal", "syslog"};

struct ConsoleFormatWord : Word<console_formats> {
  static constexpr std::string_view example = "\"json\"";
};
struct OwnFormatWord : Word<own_formats> {
  static constexpr std::string_view example = "\"json\"";
};
struct FacilityWord : Word<syslog_facilities> {
  static constexpr std::string_view example = "\"daemon\"";
};

/// Words out of a list; [] is none of them.
template <const auto& words>
struct SomeOf {
  static constexpr std::string_view type = "list of words";
  static Shape shape() { return list_shape(words_shape(words), words_in_quotes(words)); }
  static std::optional<std::vector<std::string>> read(const Field& field) {
    if (field.value.type != Value::Type::array) {
      field.wrong_type(field.value, "a list");
      return std::nullopt;
    }
    std::vector<std::string> chosen;
    for (const Value& item : field.value.items) {
      if (auto index = read_choice(field, item, words, {})) chosen.emplace_back(words[*index]);
    }
    if (chosen.size() != field.value.items.size()) return std::nullopt;
    return chosen;
  }
  static std::string show(const std::vector<std::string>& value) { return show_list(value); }
};
struct OwnSinks : SomeOf<own_sinks> {
  static constexpr std::string_view example = "[\"stderr\", \"file\"]";
};

struct ExitWord : OneOf<ExitPolicy::told, ExitPolicy::done, ExitPolicy::failure> {
  static constexpr std::string_view example = "\"done\"";
};

struct OptionalSpan : Span<false> {
  static std::string show(const std::optional<Duration>& value) {
    return value ? Span<false>::show(*value) : std::string();
  }
};

template <class Codec, auto... members>
constexpr DaemonKey plain(std::string_view path, std::string_view help) {
  return plain_key<DaemonConfig, Codec, members...>(path, help, false, Effect::restart);
}

template <class Codec, auto... members>
constexpr DaemonKey live(std::string_view path, std::string_view help) {
  return plain_key<DaemonConfig, Codec, members...>(path, help, false, Effect::live);
}

constexpr DaemonKey later(std::string_view path) { return later_key<DaemonConfig>(path); }

template <RoleList DaemonConfig::*member>
constexpr DaemonKey role(std::string_view path, std::string_view help) {
  return {{path, "list of users and @groups", "[\"alice\", \"@adm\"]", help, Effect::live, roles_shape},
          [](const Field& field, DaemonConfig& config) { read_roles(field, config.*member); },
          [](const DaemonConfig& config) { return show_list((config.*member).names); },
          false};
}

/// Read by the collector before it asks this table; here so that it is known, and found by "did you mean".
constexpr DaemonKey by_collector(std::string_view path, std::string_view type, std::string_view help) {
  return {{path, type, {}, help},
          [](const Field&, DaemonConfig&) {},
          [](const DaemonConfig&) { return std::string(); },
          false};
}

constexpr auto logging = &DaemonConfig::logging;

constexpr std::array keys{
    plain<EngineWord, &DaemonConfig::engine>("daemon.engine", "how supd waits for the kernel"),
    plain<AbsolutePath, &DaemonConfig::runtime_dir>("daemon.runtime_dir", "where the control socket is made"),
    plain<AbsolutePath, &DaemonConfig::log_dir>("daemon.log_dir", "where logs without a path of their own go"),
    plain<AbsolutePath, &DaemonConfig::state_dir>("daemon.state_dir",
                                                  "where supd keeps what it must not forget, such as overrides.toml"),
    live<OptionalSpan, &DaemonConfig::shutdown_timeout>("daemon.shutdown_timeout",
                                                        "longest time that a shutdown may take"),
    live<LevelWord, &DaemonConfig::log_level>("daemon.log_level", "how much supd says about itself"),
    later("daemon.max_parallel_starts"),
    live<ExitWord, &DaemonConfig::exit>("daemon.exit",
                                        "when supd ends by itself: only when told; when no unit is up any more (done); "
                                        "also when one has failed for good (failure)"),

    DaemonKey{{"signals", "table of words and commands", "{ SIGUSR2 = [\"/usr/local/bin/dump\"] }",
               "what signals to supd do, else: SIGTERM, SIGINT, SIGQUIT, SIGPWR and SIGRTMIN+3 stop, SIGHUP reloads, "
               "SIGUSR1 reopens log files, all others are ignored; a list is a command, run as the task signal-NAME",
               Effect::live, signals_shape},
              read_signals,
              show_signals,
              false},

    plain<SocketPath, logging, &LoggingConfig::journal_socket>("logging.journal_socket",
                                                               "the socket of systemd-journald"),
    plain<SyslogAddress, logging, &LoggingConfig::syslog>("logging.syslog", "where records for syslog go"),
    plain<FacilityWord, logging, &LoggingConfig::syslog_facility>("logging.syslog_facility", "the facility they go as"),
    plain<ConsoleFormatWord, logging, &LoggingConfig::console_format>(
        "logging.console_format", "what lines on supd's stdout look like: for people, or an object each; auto is text"),
    plain<OwnSinks, logging, &LoggingConfig::own>("logging.own", "where supd's own messages go"),
    plain<OwnFormatWord, logging, &LoggingConfig::own_format>("logging.own_format", "what they look like in the file"),

    plain<AbsolutePath, &DaemonConfig::socket>("control.socket", "path of the control socket"),
    role<&DaemonConfig::read>("control.read", "who may see status, logs and events"),
    role<&DaemonConfig::operate>("control.operate", "who may also start, stop, restart and signal"),
    role<&DaemonConfig::admin>("control.admin", "who may do everything"),
    later("control.mode"),

    by_collector("defaults", "tables of a unit", "keys of a unit, for every unit that does not have them itself"),
    by_collector("units", "tables of units", "[units.NAME]: the same as a file NAME.toml"),
};

}  // namespace

std::span<const DaemonKey> daemon_keys() { return keys; }

}  // namespace supd::config

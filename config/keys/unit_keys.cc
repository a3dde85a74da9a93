#include <sys/resource.h>

#include <array>

#include "config/keys/codecs.hpp"
#include "config/keys/key_makers.hpp"
#include "config/keys/sections.hpp"

namespace supd::config {
namespace {

using UnitKey = Key<UnitSpec>;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

template <class Codec, auto... members>
constexpr UnitKey any(std::string_view path, std::string_view help) {
  return plain_key<UnitSpec, Codec, members...>(path, help, false, Effect::live);
}

template <class Codec, auto... members>
constexpr UnitKey process(std::string_view path, std::string_view help) {
  return plain_key<UnitSpec, Codec, members...>(path, help, true, Effect::restart);
}

/// Of a process, and taken over while it runs: it is looked at only when the process ends, or by supd alone.
template <class Codec, auto... members>
constexpr UnitKey live(std::string_view path, std::string_view help) {
  return plain_key<UnitSpec, Codec, members...>(path, help, true, Effect::live);
}

constexpr UnitKey later(std::string_view path) { return later_key<UnitSpec>(path); }

template <Relation relation>
Shape depends_shape() {
  return list_shape(text_shape(std::string(dependency_pattern), {}),
                    relation == Relation::conflicts
                        ? "names"
                        : "names, each alone or with a condition: \"db:started\", \"db:ready\" (the default), "
                          "\"job:completed\", \"job:exited\"");
}

template <Relation relation>
constexpr UnitKey depends(std::string_view path, std::string_view help) {
  return {{path, "list of units", "[\"db\"]", help, Effect::live, depends_shape<relation>},
          [](const Field& field, UnitSpec& unit) { read_depends(field, unit, relation); },
          [](const UnitSpec& unit) { return show_depends(unit, relation); },
          false};
}

template <int resource, bool is_size = false>
constexpr UnitKey limit(std::string_view path, std::string_view help) {
  return {{path, is_size ? "limit, a size" : "limit, a number", is_size ? "\"64MiB\"" : "1024", help, Effect::restart,
           [] { return limit_shape(is_size); }},
          [](const Field& field, UnitSpec& unit) { read_limit(field, unit, resource, is_size); },
          [](const UnitSpec& unit) { return show_limit(unit, resource, is_size); },
          true};
}

template <std::string RunAsSpec::*member>
constexpr UnitKey identity(std::string_view path, std::string_view help) {
  return {{path, "name or number", "\"www-data\"", help, Effect::restart, identity_shape},
          [](const Field& field, UnitSpec& unit) { read_identity(field, unit.run_as.*member); },
          [](const UnitSpec& unit) {
            return (unit.run_as.*member).empty() ? std::string() : toml_string(unit.run_as.*member);
          },
          true};
}

constexpr auto restart = &UnitSpec::restart;
constexpr auto stop = &UnitSpec::stop;
constexpr auto log = &UnitSpec::log;

constexpr std::uint64_t tib = 1024 * 1024 * mib;

/// Nothing: the unit is one unit, and no set of them.
struct OptionalCount : Count<0, 1000> {
  static constexpr std::string_view example = "4";
  static std::string show(const std::optional<std::uint32_t>& value) { return value ? std::to_string(*value) : ""; }
};

Shape stop_command_shape() {
  Shape shape = Command::shape();
  shape.parts[0].low.reset();
  return shape;
}

constexpr std::array keys{
    any<Line, &UnitSpec::description>("description", "what the unit is, for people"),
    plain_key<UnitSpec, KindWord, &UnitSpec::kind>(
        "kind", "service: runs on; task: runs to completion; target: a name for a set", false, Effect::restart),
    any<Flag, &UnitSpec::enabled>("enabled", "start together with supd"),
    process<Command, &UnitSpec::command>("command", "what to execute; no shell is started"),
    process<ExpandedPath, &UnitSpec::directory>("directory", "working directory"),
    any<OptionalCount, &UnitSpec::replicas>("replicas", "so many of it: NAME:1, NAME:2, ..., each with REPLICA set"),
    live<Flag, &UnitSpec::essential>("essential", "when it has ended for good, supd stops all and ends with its code"),
    UnitKey{{"terminal", "absolute path, or \"inherit\"", "\"/dev/tty1\"",
             "the terminal that it reads and writes, in place of a log; inherit: what supd itself was given",
             Effect::restart, terminal_shape},
            read_terminal,
            show_terminal,
            true},
    UnitKey{{"input", "word", "\"inherit\"", "what it reads: nothing, or what supd itself was given", Effect::restart,
             input_shape},
            read_input,
            show_input,
            true},

    depends<Relation::requires_>("depends.requires", "start it, wait until it is ready, stop when it stops"),
    depends<Relation::wants>("depends.wants", "start it, wait until it is ready or failed, live without it"),
    depends<Relation::binds>("depends.binds", "as requires, and restart when it restarts"),
    depends<Relation::after>("depends.after", "order only: start after it"),
    depends<Relation::before>("depends.before", "order only: start before it"),
    depends<Relation::conflicts>("depends.conflicts", "the start of the one stops the other"),

    UnitKey{{"env", "table of strings", "{ NAME = \"value\" }", "variables of the environment, each with its value",
             Effect::restart, env_shape},
            read_env,
            show_env,
            true},
    UnitKey{{"environment.files", "list of files", "[\"/etc/default/web\"]",
             "files of NAME=VALUE lines; one with a - in front may be missing", Effect::restart, env_files_shape},
            read_env_files,
            [](const UnitSpec& unit) { return show_list(unit.environment.files); },
            true},
    UnitKey{{"environment.inherit", "true, false or list of names", "true", "what to take over from supd's environment",
             Effect::restart, inherit_shape},
            read_inherit,
            show_inherit,
            true},

    UnitKey{{"ready.on", "word", "\"spawn\"", "when the unit is ready: a service once spawned, a task once exited",
             Effect::live, ready_on_shape},
            read_ready_on,
            show_ready_on,
            true},
    later("ready.fd"),
    later("ready.log"),
    later("ready.pidfile"),
    later("ready.timeout"),

    live<PolicyWord, restart, &RestartSpec::policy>("restart.policy", "which exits lead to a restart"),
    live<Span<true>, restart, &RestartSpec::delay>("restart.delay", "wait before the first restart"),
    live<Real<1, 100>, restart, &RestartSpec::factor>("restart.factor", "each further delay is so many times longer"),
    live<Span<true>, restart, &RestartSpec::max_delay>("restart.max_delay", "longest delay"),
    live<Real<0, 1>, restart, &RestartSpec::jitter>("restart.jitter", "plus or minus this share of the delay"),
    live<Span<true>, restart, &RestartSpec::reset_after>("restart.reset_after",
                                                         "up this long: back to the first delay"),
    live<Count<0, 1000>, restart, &RestartSpec::limit>("restart.limit",
                                                       "starts within the window, then give up; 0: never give up"),
    live<Span<false>, restart, &RestartSpec::window>("restart.window", "what the limit counts over"),
    live<Span<true>, restart, &RestartSpec::retry_after>("restart.retry_after",
                                                         "after giving up, try again; 0: wait for a person"),
    live<Exits, restart, &RestartSpec::success>("restart.success", "what counts as a clean exit"),
    live<Exits, restart, &RestartSpec::prevent>("restart.prevent", "exits that never lead to a restart"),

    live<StopSteps, stop, &StopSpec::sequence>("stop.sequence", "signals and waits in turn, SIGKILL last"),
    process<ScopeWord, stop, &StopSpec::scope>("stop.scope", "whom the signals reach"),
    UnitKey{{"stop.command", Command::type, Command::example, "run in place of the first signal; [] is none",
             Effect::live, stop_command_shape},
            [](const Field& field, UnitSpec& unit) {
              bool none = field.value.type == Value::Type::array && field.value.items.empty();
              auto words = none ? std::vector<std::string>() : Command::read(field);
              if (words) unit.stop.command = std::move(*words);
            },
            [](const UnitSpec& unit) { return show_list(unit.stop.command); },
            true},

    later("reload.signal"),
    later("reload.command"),
    later("hooks.before_start"),
    later("hooks.after_ready"),
    later("hooks.before_stop"),
    later("hooks.after_stop"),
    later("probes"),
    later("watchdog.timeout"),
    later("watchdog.signal"),

    identity<&RunAsSpec::user>("run_as.user", "user to run as"),
    identity<&RunAsSpec::group>("run_as.group", "group to run as; else the user's own"),
    UnitKey{{"run_as.groups", "list of names or numbers", "[\"adm\"]", "supplementary groups; else the user's own",
             Effect::restart, [] { return list_shape(identity_shape(), "as for run_as.group"); }},
            read_identities,
            show_identities,
            true},
    UnitKey{
        {"run_as.umask", "octal number in quotes", "\"0022\"", "file mode creation mask", Effect::restart, umask_shape},
        read_umask,
        show_umask,
        true},

    limit<RLIMIT_NOFILE>("limits.nofile", "open files, plus one"),
    limit<RLIMIT_CORE, true>("limits.core", "size of a core file"),
    limit<RLIMIT_DATA, true>("limits.data", "size of the data segment"),
    limit<RLIMIT_STACK, true>("limits.stack", "size of the stack"),
    limit<RLIMIT_AS, true>("limits.as", "size of the address space"),
    limit<RLIMIT_CPU>("limits.cpu", "seconds of CPU time"),
    limit<RLIMIT_FSIZE, true>("limits.fsize", "size of files that it writes"),
    limit<RLIMIT_MEMLOCK, true>("limits.memlock", "memory locked into RAM"),
    limit<RLIMIT_NPROC>("limits.nproc", "processes of its user"),
    limit<RLIMIT_RSS, true>("limits.rss", "resident memory; without effect on today's kernels"),
    limit<RLIMIT_MSGQUEUE, true>("limits.msgqueue", "bytes in POSIX message queues of its user"),
    limit<RLIMIT_SIGPENDING>("limits.sigpending", "queued signals of its user"),
    limit<RLIMIT_RTPRIO>("limits.rtprio", "real-time priority that it may take"),
    limit<RLIMIT_RTTIME>("limits.rttime", "microseconds of real-time CPU without a blocking call"),
    UnitKey{{"limits.nice", "integer", "5", "scheduling priority: -20, the most favoured, to 19", Effect::restart,
             [] { return integer_shape(-20, 19); }},
            read_nice,
            show_nice,
            true},
    later("limits.oom_score_adj"),
    later("limits.cpu_affinity"),
    later("limits.io_class"),
    later("limits.scheduler"),
    later("limits.max_rss"),
    later("limits.max_runtime"),
    later("limits.max_runtime_jitter"),
    later("cgroup"),
    later("security"),

    UnitKey{{"log.to", "list of file, memory, console, journal, syslog, none", "[\"file\", \"memory\"]",
             "where output goes", Effect::live, log_to_shape},
            read_log_to,
            show_log_to,
            true},
    live<AbsolutePath, log, &LogSpec::path>("log.path", "log file; else LOGDIR/UNIT/current"),
    live<FormatWord, log, &LogSpec::format>("log.format", "what records look like in the log file"),
    live<Bytes<0, tib>, log, &LogSpec::rotation, &RotationSpec::max_size>(
        "log.max_size", "a log file that would grow beyond is closed and a new one begun; 0: never"),
    live<Span<true>, log, &LogSpec::rotation, &RotationSpec::max_age>(
        "log.max_age", "the same for one that was begun so long ago, at its next line; 0: never"),
    live<Count<0, 100000>, log, &LogSpec::rotation, &RotationSpec::keep>(
        "log.keep", "closed log files that stay, the newest; 0: all"),
    live<Bytes<0, 1024 * tib>, log, &LogSpec::rotation, &RotationSpec::keep_total>(
        "log.keep_total", "closed log files together take no more than this, else the oldest go; 0: no limit"),
    live<Span<true>, log, &LogSpec::rotation, &RotationSpec::keep_age>(
        "log.keep_age", "log files that were closed longer ago go; 0: none for its age"),
    live<CompressWord, log, &LogSpec::rotation, &RotationSpec::compress>(
        "log.compress", "what closed log files become, by a process of its own at the lowest priority"),
    live<Bytes<0, 1024 * mib>, log, &LogSpec::memory_size>("log.memory", "how much output is kept in memory"),
    live<Bytes<64, mib>, log, &LogSpec::max_line>("log.max_line", "longer lines are cut into marked pieces"),
    live<Bytes<0, tib>, log, &LogSpec::rate>("log.rate",
                                             "bytes per second; lines above it are dropped and counted; 0: no limit"),
    live<Bytes<0, tib>, log, &LogSpec::burst>(
        "log.burst", "bytes that may come at once; 0: as many as log.rate lets in in a second"),
    live<Count<0, 1'000'000'000>, log, &LogSpec::rate_lines>(
        "log.rate_lines", "lines per second, beside log.rate; those above it are dropped and counted; 0: no limit"),
    live<Count<0, 1'000'000'000>, log, &LogSpec::burst_lines>(
        "log.burst_lines", "lines that may come at once; 0: as many as log.rate_lines lets in in a second"),
    live<OnFullWord, log, &LogSpec::on_full>(
        "log.on_full", "when the log file takes no more: drop lines, or let the unit wait until it does"),
    live<TimeWord, log, &LogSpec::time>("log.time", "what the stamps of records show"),
    live<Flag, log, &LogSpec::console_prefix>("log.console_prefix",
                                              "the unit's name stands before each of its lines on the console"),

    later("timer"),
    later("socket"),
};

}  // namespace

std::span<const UnitKey> unit_keys() { return keys; }

}  // namespace supd::config

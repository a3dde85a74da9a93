#include "ctl/declare.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <charconv>
#include <limits>

#include "units/base/quantity.hpp"

namespace supd::ctl {
namespace {

constexpr int most_lines = 1'000'000;

/// @param third  "raw", "sarif" or "toml", of the verb that has it; "": there is no third form
void declare_format(CLI::App& app, Options& options, const std::string& third = {}) {
  std::string forms = third.empty() ? "text or json" : "text, json or " + third;
  auto read = [&options, third, forms](const std::string& word) {
    bool known = word == "text" || word == "json" || (!third.empty() && word == third);
    if (!known) throw CLI::ValidationError("--output", "'" + word + "' is not " + forms);
    options.format = word == "json"    ? Format::json
                     : word == "raw"   ? Format::raw
                     : word == "sarif" ? Format::sarif
                     : word == "toml"  ? Format::toml
                                       : Format::text;
  };
  app.add_option_function<std::string>("-o,--output", read, forms)->type_name("FORMAT")->group("Global options");
}

void declare_lines(CLI::App& app, Options& options, const std::string& description) {
  app.add_option("-n,--lines", options.lines, description)
      ->type_name("N")
      ->check(CLI::Range(0, most_lines).description(""));
}

void declare_duration(CLI::App& app, const std::string& name, std::optional<Duration>& into,
                      const std::string& description) {
  auto read = [&into, name](const std::string& word) {
    into = parse_duration(word);
    if (!into) throw CLI::ValidationError(name, "'" + word + "' is not a duration like 500ms, 30s or 1m30s");
  };
  app.add_option_function<std::string>(name, read, description)->type_name("DURATION");
}

void declare_timeout(CLI::App& app, Options& options) {
  declare_duration(app, "--timeout", options.timeout, "give up waiting after this long (exit code 7)");
}

void declare_waiting(CLI::App& app, Options& options) {
  app.add_flag("--no-wait", options.no_wait, "return when supd knows, not when it is done");
  declare_timeout(app, options);
}

CLI::Option* declare_patterns(CLI::App& app, Options& options) {
  return app.add_option("UNIT", options.units, "names, globs ('web*'), or @TARGET for its members")->type_name("");
}

}  // namespace

void declare_global(CLI::App& app, Options& options) {
  app.set_help_flag("-h,--help", "print this help")->group("Global options");
  app.add_option("--socket", options.socket, "supd's control socket")->type_name("PATH")->group("Global options");
  app.add_flag("-q,--quiet", options.quiet, "print errors only")->group("Global options");
  app.add_flag("--no-color", options.no_color, "no colours, as with NO_COLOR")->group("Global options");
  bool has_own = app.get_name() == "logs" || app.get_name() == "check" || app.get_name() == "show";
  if (!has_own) declare_format(app, options);
}

void declare_nothing(CLI::App&, Options&) {}

void declare_units(CLI::App& app, Options& options) { declare_patterns(app, options)->required(); }

void declare_some_units(CLI::App& app, Options& options) { declare_patterns(app, options); }

void declare_unit(CLI::App& app, Options& options) {
  app.add_option("UNIT", options.unit, "the name of a unit")->type_name("")->required();
}

void declare_status(CLI::App& app, Options& options) {
  declare_patterns(app, options);
  app.add_flag("-w,--watch", options.watch, "look again every second");
}

void declare_operation(CLI::App& app, Options& options) {
  declare_units(app, options);
  declare_waiting(app, options);
}

void declare_wait(CLI::App& app, Options& options) {
  declare_units(app, options);
  auto read = [&options](const std::string& word) {
    if (word != "ready" && word != "stopped" && word != "failed") {
      throw CLI::ValidationError("--for", "'" + word + "' is not ready, stopped or failed");
    }
    options.condition = word;
  };
  app.add_option_function<std::string>("--for", read, "ready (default), stopped or failed")->type_name("WHAT");
  declare_timeout(app, options);
}

void declare_signal(CLI::App& app, Options& options) {
  app.add_option("SIG", options.signal, "HUP, SIGHUP or 1")->type_name("")->required();
  declare_units(app, options);
}

namespace {
void declare_stream(CLI::App& app, Options& options) {
  auto read = [&options](const std::string& word) {
    if (word != "stdout" && word != "stderr" && word != "supd") {
      throw CLI::ValidationError("--stream", "'" + word + "' is not stdout, stderr or supd");
    }
    options.stream = word;
  };
  app.add_option_function<std::string>("--stream", read, "stdout, stderr, or supd for its own words")
      ->type_name("STREAM");
}

void declare_run(CLI::App& app, Options& options) {
  auto read = [&options](const std::string& word) {
    constexpr std::int64_t farthest_back = -1'000'000;
    std::int64_t run = 0;
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), run);
    if (error != std::errc() || end != word.data() + word.size() || run < farthest_back) {
      throw CLI::ValidationError("--run", "'" + word + "' is no run: write its number, 0 for the last or -1");
    }
    options.run = run;
  };
  app.add_option_function<std::string>("--run", read, "a run's number; 0: current or last; -1: the one before")
      ->type_name("N");
}
}  // namespace

void declare_logs(CLI::App& app, Options& options) {
  declare_patterns(app, options);
  app.add_flag("-f,--follow", options.follow, "go on with what comes; ends with Ctrl-C");
  declare_lines(app, options, "the last N (default 1000; 10 with -f; all if others choose)");
  app.add_option("-S,--since", options.since, "from then on: '2026-11-23 12:00', 12:00, 10m, today")->type_name("TIME");
  app.add_option("-U,--until", options.until, "up to this time")->type_name("TIME");
  app.add_option("-g,--grep", options.grep, "lines that match a POSIX extended regular expression")->type_name("RE");
  app.add_flag("-i,--ignore-case", options.ignore_case, "of --grep: a and A are the same");
  declare_stream(app, options);
  declare_run(app, options);
  app.add_option("--directory", options.directory, "read the log files in DIR, without asking supd")->type_name("DIR");
  declare_format(app, options, "raw");
}

void declare_events(CLI::App& app, Options& options) {
  app.add_flag("-f,--follow", options.follow, "go on with what comes; ends with Ctrl-C");
  declare_lines(app, options, "the last N events (default 1000, with -f 10)");
}

void declare_show(CLI::App& app, Options& options) {
  declare_unit(app, options);
  app.add_option("KEY", options.key, "a key, a table, or a glob of keys; 'env': all that its processes are given")
      ->type_name("");
  app.add_flag("--reveal", options.reveal, "show values that look secret, too");
  declare_format(app, options, "toml");
}

void declare_check(CLI::App& app, Options& options) {
  app.add_option("PATH", options.paths, "files or directories (default: where supd looks)")->type_name("");
  declare_format(app, options, "sarif");
}

void declare_explain(CLI::App& app, Options& options) {
  app.add_option("KEY", options.key, "a key (restart.delay), a table (restart) or a glob; none: all keys")
      ->type_name("");
}

void declare_schema(CLI::App& app, Options& options) {
  auto read = [&options](const std::string& word) {
    if (word != "unit" && word != "supd") throw CLI::ValidationError("WHAT", "'" + word + "' is not unit or supd");
    options.what = word;
  };
  app.add_option_function<std::string>("WHAT", read, "unit: of a unit file (default); supd: of supd.toml")
      ->type_name("");
}

void declare_diff(CLI::App& app, Options& options) {
  declare_patterns(app, options);
  app.add_flag("--exit-code", options.exit_code, "end with 1 when something differs; else it is 0 either way");
}

void declare_apply(CLI::App& app, Options& options) {
  declare_duration(app, "--watch-ready", options.watch_ready,
                   "undo it all unless everything that starts is ready within this time, and stays up for a second");
  app.add_flag("--dry-run", options.dry_run, "only say what it would do, as diff does");
  declare_waiting(app, options);
}

void declare_doctor(CLI::App& app, Options& options) {
  app.add_flag("--kernel", options.kernel,
               "try what the io_uring engine expects of the kernel, here and without supd; ends with 1 when it fails");
}

void declare_machine_end(CLI::App& app, Options& options) {
  app.add_flag("-f,--force", options.force,
               "at once and without supd: nothing is stopped or unmounted, disks are only flushed");
}

void declare_enabling(CLI::App& app, Options& options) {
  declare_units(app, options);
  app.add_flag("--now", options.now, "start or stop them, too");
  declare_waiting(app, options);
}

void declare_scale(CLI::App& app, Options& options) {
  app.add_option("UNIT", options.units, "UNIT N, or UNIT=N for several")->type_name("")->required();
  declare_waiting(app, options);
}

void declare_completion(CLI::App& app, Options& options) {
  auto read = [&options](const std::string& word) {
    if (word != "bash" && word != "zsh" && word != "fish") {
      throw CLI::ValidationError("SHELL", "'" + word + "' is not bash, zsh or fish");
    }
    options.shell = word;
  };
  app.add_option_function<std::string>("SHELL", read, "bash, zsh or fish")->type_name("")->required();
}

}  // namespace supd::ctl

#include "daemon/options.hpp"

// g++ 12 sees a null pointer in the standard library's own vector when CLI11 instantiates it.
#pragma GCC diagnostic ignored "-Wnull-dereference"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string_view>

#include "ctl/proto/outcome.hpp"
#include "daemon/single/option_table.hpp"

namespace supd {
namespace {

constexpr const char* about =
    "supd - supervises processes: starts, watches, restarts and stops them.\n"
    "Stays in the foreground; SIGTERM or Ctrl-C stops everything in reverse order, a second one at once.\n"
    "With -c and a command behind --, the command is the unit 'main', whose end and exit code are supd's.";

constexpr const char* footer =
    "Without -c, unit files are read from /etc/supd, /run/supd/units and /usr/lib/supd/units (root) or\n"
    "$XDG_CONFIG_HOME/supd (others). Talk to a running supd with supctl.\n"
    "Exit codes: 0 orderly stop; that of the unit that ended it all (essential, [daemon] exit); 1 could not run;\n"
    "2 bad usage or bad configuration, nothing was started.";

void declare(CLI::App& app, Options& options) {
  app.set_version_flag("--version", std::string("supd ") + SUPD_VERSION);
  app.footer(footer);
  app.add_option("-c,--config", options.config, "unit file, or directory of unit files (repeatable)")
      ->type_name("PATH")
      ->allow_extra_args(false);
  app.add_option("--socket", options.socket, "control socket")->type_name("PATH")->envname("SUPD_SOCKET");
  app.add_option("--engine", options.engine, "event loop: auto (default), uring or epoll")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "uring", "epoll"}));
  app.add_option("--log-level", options.log_level, "supd's own messages: debug, info (default), warn or error")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  app.add_option("--log-dir", options.log_dir, "directory of the units' log files")->type_name("DIR");
  app.add_option("--state-dir", options.state_dir, "where supd keeps what people enabled, masked and scaled")
      ->type_name("DIR");
  app.add_flag("--trust-config", options.trust_config, "read configuration that others than root and you may write");
  app.add_option("--ready-fd", options.ready_fd, "write a newline to this fd once the control socket answers")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--init", options.init, "as PID 1: be the init of a machine, as when called 'init' (supd-init(7))");
  app.add_flag("--check", options.check, "check the configuration, report every problem, and exit");
  app.add_flag("--explain", options.explain, "explain a KEY of unit files and of supd.toml, or list all, and exit");
  app.add_flag("--schema", options.schema,
               "print the JSON Schema of a 'unit' file (default) or of 'supd'.toml, and exit");
  app.add_option("-o,--output", options.output,
                 "with --check: text (default), json or sarif; with --explain: text or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "sarif"}));
  app.add_option("--compress", options.compress, "what supd's own child does with a closed log file")
      ->type_name("TASK FILE")
      ->expected(2)
      ->group("");
  app.add_option("words", options.words, "with --check: what to check, as with -c; with --explain: KEY")->group("");
}

/// What is behind "--" is not for supd: taken away before anybody looks for options in it. Returns the rest's length.
int take_command(int argc, char** argv, Options& options) {
  char** end = argv + argc;
  char** dashes =
      std::find_if(argv + std::min(argc, 1), end, [](const char* word) { return word == std::string_view("--"); });
  if (dashes == end) return argc;
  options.command.assign(dashes + 1, end);
  return static_cast<int>(dashes - argv);
}

constexpr const char* single_group = "One program in place of units, with its exit code: supd [OPTION]... -- COMMAND";

/// For --help, and to tell that they go with a command only: single::requested() has taken those that do.
void declare_single(CLI::App& app) {
  for (const single::OptionRow& row : single::option_table()) {
    std::string names = std::string("--") + row.name;
    if (row.letter != '\0') names = std::string("-") + row.letter + "," + names;
    CLI::Option* option =
        row.argument == nullptr ? app.add_flag(names) : app.add_option(names)->type_name(row.argument);
    option->description(std::string(row.help) + " [" + single::environment_name(row) + "]")->group(single_group);
  }
}

/// Whether an option was given that is only for one program.
bool given_single(const CLI::App& app) {
  for (const single::OptionRow& row : single::option_table()) {
    std::string name = std::string("--") + row.name;
    if (app.count(name) == 0) continue;
    std::fprintf(stderr, "supd: %s is for one program, without unit files: type %s\n", name.c_str(),
                 single::what_to_type);
    return true;
  }
  return false;
}

}  // namespace

machine::KnownOptions known_options() {
  CLI::App app;
  Options unused;
  declare(app, unused);
  machine::KnownOptions known;
  for (const CLI::Option* option : app.get_options()) {
    bool takes_value = option->get_expected_min() > 0;
    for (const std::string& name : option->get_lnames()) known["--" + name] = takes_value;
    for (const std::string& name : option->get_snames()) known["-" + name] = takes_value;
  }
  return known;
}

int parse_options(int argc, char** argv, Options& options) {
  argc = take_command(argc, argv, options);
  CLI::App app(about, "supd");
  declare(app, options);
  declare_single(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(proto::Outcome::usage);
  }
  if (options.check || options.explain || options.schema) {
    options.words.insert(options.words.end(), options.command.begin(), options.command.end());
    options.command.clear();
  }
  if (given_single(app)) return static_cast<int>(proto::Outcome::usage);
  if (options.explain && options.output == "sarif") {
    std::fputs("supd: --explain has no sarif form\n", stderr);
    return static_cast<int>(proto::Outcome::usage);
  }
  if (options.explain || options.schema) return -1;
  options.config.insert(options.config.end(), options.words.begin(), options.words.end());
  return -1;
}

}  // namespace supd

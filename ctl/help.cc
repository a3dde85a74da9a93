/// The help texts of parse.hpp, from the tables of verbs, options and exit codes.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "ctl/declare.hpp"
#include "ctl/parse.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/table.hpp"

namespace supd::ctl {
namespace {

void append_exit_codes(std::string& out) {
  Table table;
  for (const proto::OutcomeInfo& info : proto::outcome_table) {
    table.add({{joined({"  ", std::to_string(static_cast<int>(info.outcome))})}, {std::string(info.meaning)}});
  }
  out += "\nExit codes:\n";
  table.render(out, {});
}

/// "-n, --lines N"; positionals by their name.
std::string spelling(const CLI::Option& option) {
  std::string text;
  for (const std::string& name : option.get_snames()) text += joined({"-", name, ", "});
  for (const std::string& name : option.get_lnames()) text += joined({"--", name});
  if (text.empty()) return option.get_single_name();
  if (option.get_items_expected_max() > 0) text += joined({" ", option.get_type_name()});
  return text;
}

void append_options(std::string& out, const CLI::App& app, bool global) {
  Table table;
  for (const CLI::Option* option : app.get_options()) {
    if ((option->get_group() == "Global options") != global) continue;
    table.add({{joined({"  ", spelling(*option)})}, {option->get_description()}});
  }
  if (table.rows() == 0) return;
  out += global ? "\nGlobal options, before or after the verb:\n" : "\n";
  table.render(out, {});
}

constexpr std::string_view socket_note =
    "\nThe socket is --socket, else $SUPD_SOCKET, else /run/supd/control.sock for root and\n"
    "$XDG_RUNTIME_DIR/supd/control.sock for others.\n";

}  // namespace

std::string general_help() {
  std::string out =
      "supctl controls supd, the process supervisor.\n\nUsage: supctl [OPTION...] VERB [ARGUMENT...]\n\nVerbs:\n";
  Table table;
  for (const Verb& verb : verb_table()) {
    std::string usage = joined({"  ", verb.name});
    if (!verb.arguments.empty()) usage += joined({" ", verb.arguments});
    table.add({{usage}, {std::string(verb.summary)}});
  }
  table.render(out, {});
  out +=
      "\nUNIT is a name, a glob like 'web*', or @TARGET for the members of a target.\n"
      "'supctl VERB --help' tells the options of a verb.\n";
  Options options;
  CLI::App app("", "supctl");
  declare_global(app, options);
  append_options(out, app, true);
  out += socket_note;
  append_exit_codes(out);
  return out;
}

std::string verb_help(const Verb& verb) {
  std::string out = "supctl " + std::string(verb.name) + ": " + std::string(verb.summary) + "\n\nUsage: supctl " +
                    std::string(verb.name) + " [OPTION...]";
  if (!verb.arguments.empty()) out += joined({" ", verb.arguments});
  out += "\n";
  Options options;
  CLI::App app("", std::string(verb.name));
  verb.declare(app, options);
  declare_global(app, options);
  append_options(out, app, false);
  append_options(out, app, true);
  append_exit_codes(out);
  return out;
}

}  // namespace supd::ctl

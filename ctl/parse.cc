#include "ctl/parse.hpp"

#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>
#include <optional>

#include "ctl/declare.hpp"
#include "ctl/text/join.hpp"
#include "units/base/nearest.hpp"

namespace supd::ctl {
namespace {

/// Whether the next word is this option's value: only global options may stand before the verb.
bool takes_next_word(std::string_view option) {
  if (option.starts_with("--")) return option == "--socket" || option == "--output";
  return option.ends_with('o');  // -o, -qo
}

/// Index of the verb in `args`, or args.size().
std::size_t verb_index(std::span<const char* const> args) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string_view word = args[i];
    if (word.size() < 2 || !word.starts_with('-')) return i;
    if (word == "--") return i + 1 < args.size() ? i + 1 : args.size();
    if (takes_next_word(word)) ++i;
  }
  return args.size();
}

std::unexpected<ParseStop> bad_usage(const std::string& problem, std::string_view verb = {}) {
  std::string program = verb.empty() ? "supctl" : "supctl " + std::string(verb);
  std::string text = program + ": " + problem + "\nTry '" + program + " --help'.\n";
  return std::unexpected(ParseStop{Outcome::usage, text});
}

/// The command line has no verb: it asks for help or for the version, or says nothing.
std::expected<Parsed, ParseStop> without_verb(std::span<const char* const> args) {
  for (std::string_view word : args) {
    if (word == "--help" || word == "-h") return std::unexpected(ParseStop{Outcome::done, general_help()});
    if (word == "--version") return std::unexpected(ParseStop{Outcome::done, "supctl " SUPD_VERSION "\n"});
  }
  if (!args.empty()) return bad_usage("a verb is missing, like 'status'");
  return std::unexpected(ParseStop{Outcome::usage, general_help()});
}

std::unexpected<ParseStop> unknown_verb(const std::string& word) {
  std::vector<std::string_view> names;
  for (const Verb& verb : verb_table()) names.push_back(verb.name);
  std::string meant = nearest(word, names);
  return bad_usage("no verb '" + word + "'" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
}

/// CLI11 wants its words last first.
std::vector<std::string> words_without(std::span<const char* const> args, std::size_t verb_at) {
  std::vector<std::string> words;
  for (std::size_t i = args.size(); i-- > 0;) {
    if (i != verb_at) words.emplace_back(args[i]);
  }
  return words;
}

void resolve_socket(Options& options) {
  const char* named = std::getenv("SUPD_SOCKET");
  if (options.socket.empty() && named != nullptr) options.socket = named;
  if (options.socket.empty()) options.socket = default_socket_path();
}

}  // namespace

std::string default_socket_path() {
  uid_t user = ::geteuid();
  if (user == 0) return "/run/supd/control.sock";
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  bool usable = runtime != nullptr && *runtime == '/';  // others are to be ignored, says the XDG specification
  return (usable ? runtime + std::string("/supd") : "/tmp/supd-" + std::to_string(user)) + "/control.sock";
}

std::expected<Parsed, ParseStop> parse_command_line(std::span<const char* const> args) {
  std::size_t verb_at = verb_index(args);
  if (verb_at == args.size()) return without_verb(args);
  Parsed parsed;
  parsed.verb = find_verb(args[verb_at]);
  if (parsed.verb == nullptr && std::string_view(args[verb_at]) == "help") {
    if (verb_at + 1 >= args.size()) return std::unexpected(ParseStop{Outcome::done, general_help()});
    const Verb* about = find_verb(args[verb_at + 1]);
    if (about == nullptr) return unknown_verb(args[verb_at + 1]);
    return std::unexpected(ParseStop{Outcome::done, verb_help(*about)});
  }
  if (parsed.verb == nullptr) return unknown_verb(args[verb_at]);
  std::string name(parsed.verb->name);
  try {
    CLI::App app("", name);
    parsed.verb->declare(app, parsed.options);
    declare_global(app, parsed.options);
    app.parse(words_without(args, verb_at));
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(ParseStop{Outcome::done, verb_help(*parsed.verb)});
  } catch (const CLI::Error& error) {
    return bad_usage(error.what(), name);
  }
  resolve_socket(parsed.options);
  return parsed;
}

std::vector<OptionName> option_names(const Verb& verb) {
  Options options;
  CLI::App app("", std::string(verb.name));
  verb.declare(app, options);
  declare_global(app, options);
  std::vector<OptionName> names;
  for (const CLI::Option* option : app.get_options()) {
    bool takes_value = option->get_items_expected_max() > 0;
    for (const std::string& name : option->get_lnames())
      names.push_back({joined({"--", name}), option->get_description(), takes_value});
    for (const std::string& name : option->get_snames())
      names.push_back({joined({"-", name}), option->get_description(), takes_value});
  }
  return names;
}

}  // namespace supd::ctl

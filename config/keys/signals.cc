// [signals]: what signals to supd do.

#include <algorithm>
#include <array>
#include <csignal>

#include "config/keys/codecs.hpp"
#include "config/keys/sections.hpp"
#include "units/base/signal_names.hpp"

namespace supd::config {
namespace {

constexpr std::array<std::string_view, 8> words{"ignore", "stop",     "kill",   "reload",
                                                "reopen", "poweroff", "reboot", "halt"};
constexpr std::array uses{SignalUse::ignore, SignalUse::stop,     SignalUse::kill,   SignalUse::reload,
                          SignalUse::reopen, SignalUse::poweroff, SignalUse::reboot, SignalUse::halt};

/// Nobody catches them, supd lives by them, the terminal means them, or they say that supd itself is broken.
constexpr std::array not_for_use{SIGKILL, SIGSTOP, SIGCHLD, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT,
                                 SIGILL,  SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV, SIGSYS};
constexpr int last_signal = 64;

bool can_be_used(int signal) { return std::ranges::find(not_for_use, signal) == not_for_use.end(); }

/// Every name that may be written, once: of real-time signals those that count from SIGRTMIN.
std::vector<std::string> names() {
  std::vector<std::string> all;
  for (int signal = 1; signal <= last_signal; ++signal) {
    std::string name = signal_name(signal);
    if (name.starts_with("SIG") && can_be_used(signal)) all.push_back(std::move(name));
  }
  return all;
}

std::string name_pattern() {
  std::string pattern;
  for (const std::string& name : names()) {
    pattern += pattern.empty() ? "^(" : "|";
    for (char c : name) pattern += c == '+' ? std::string("[+]") : std::string(1, c);
  }
  return pattern + ")$";
}

std::optional<SignalRule> read_rule(const Field& field, int signal) {
  if (field.value.type == Value::Type::text) {
    auto index = read_choice(field, field.value, words, {});
    return index ? std::optional(SignalRule{signal, uses[*index], {}}) : std::nullopt;
  }
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, words_in_quotes(words) + ", or a command as a list");
    return std::nullopt;
  }
  auto command = Command::read(field);
  return command ? std::optional(SignalRule{signal, SignalUse::run, std::move(*command)}) : std::nullopt;
}

}  // namespace

std::string signal_unit(int signal) { return "signal-" + signal_name(signal); }

Shape signals_shape() {
  Shape use = either_shape({words_shape(words), list_shape(text_shape(std::string(any_text_pattern), {}), {})},
                           words_in_quotes(words) + ", or a command as a list of strings");
  use.parts[1].low = Command::shape().parts[0].low;
  return table_shape(std::move(use), name_pattern(), "names of signals as in signal(7), SIGRTMIN+3 too");
}

void read_signals(const Field& field, DaemonConfig& config) {
  if (field.value.type != Value::Type::table) {
    field.wrong_type(field.value, "a table");
    return;
  }
  for (const Entry& entry : field.value.entries) {
    auto signal = signal_number(entry.key);
    std::string path = "signals." + entry.key;
    if (!signal || signal_name(*signal) != entry.key || !can_be_used(*signal)) {
      bool exists = signal.has_value();
      std::string hint = exists && can_be_used(*signal) ? "write " + signal_name(*signal)
                         : exists                       ? "use another one, such as SIGUSR2"
                                                        : "write a name as in signal(7), such as SIGUSR2";
      field.problems.error(entry.at, path,
                           in_quotes(entry.key) + (exists ? " can't be used for that" : " is no signal"),
                           std::move(hint));
      continue;
    }
    KeyInfo key{path, field.key.type, "\"stop\"", field.key.help};
    if (auto rule = read_rule(Field{key, entry.value, field.problems, field.host}, *signal)) {
      config.signals.push_back(std::move(*rule));
    }
  }
}

std::string show_signals(const DaemonConfig& config) {
  std::string out = "{";
  for (const SignalRule& rule : config.signals) {
    auto place = static_cast<std::size_t>(std::ranges::find(uses, rule.use) - uses.begin());
    std::string use = rule.use == SignalUse::run ? show_list(rule.command) : toml_string(words[place]);
    out += (out.size() > 1 ? ", " : " ") + toml_key(signal_name(rule.signal)) + " = " + use;
  }
  return out + (out.size() > 1 ? " }" : "}");
}

}  // namespace supd::config

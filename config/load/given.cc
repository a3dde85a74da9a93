#include "config/load/given.hpp"

#include "config/keys/codecs.hpp"

namespace supd::config {
namespace {

/// A shell or a container's runtime has expanded what was to be expanded.
std::string literal(std::string_view argument) {
  std::string out;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    if (argument.substr(i).starts_with("${")) out += '$';
    out += argument[i];
  }
  return out;
}

std::string command_line(const std::vector<std::string>& command) {
  std::vector<std::string> words;
  for (const std::string& word : command) words.push_back(literal(word));
  return "command = " + show_list(words) + "\n";
}

}  // namespace

/// Runtimes kill a container 10 seconds after they told it to stop, and collect what it prints.
std::string settings_below(const Given& given) {
  if (!given.console_shell.empty()) return "[daemon]\nshutdown_timeout = \"90s\"\n";
  if (!given.container) return {};
  return "[daemon]\nshutdown_timeout = \"8s\"\n[defaults.log]\nto = [\"console\", \"memory\"]\n";
}

std::string main_below(const Given& given) {
  std::string reads = given.terminal ? "terminal = \"inherit\"\n" : "input = \"inherit\"\n";
  return "description = \"the command that supd was given\"\nessential = true\n" + reads +
         "[restart]\npolicy = \"never\"\n";
}

std::string main_above(const Given& given) { return command_line(given.command); }

std::string shell_below(const Given& given, std::string_view name) {
  return "description = " + toml_string("a shell on the console: " + std::string(name)) +
         "\nkind = \"task\"\nenabled = false\nterminal = \"/dev/console\"\n" + command_line(given.console_shell) +
         "[restart]\npolicy = \"never\"\n[stop]\nsequence = [\"SIGHUP\", \"1s\", \"SIGKILL\"]\n";
}

}  // namespace supd::config

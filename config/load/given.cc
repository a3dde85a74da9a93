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

}  // namespace

/// Runtimes kill a container 10 seconds after they told it to stop, and collect what it prints.
std::string settings_below(const Given& given) {
  if (!given.container) return {};
  return "[daemon]\nshutdown_timeout = \"8s\"\n[defaults.log]\nto = [\"console\", \"memory\"]\n";
}

std::string main_below(const Given& given) {
  std::string reads = given.terminal ? "terminal = \"inherit\"\n" : "input = \"inherit\"\n";
  return "description = \"the command that supd was given\"\nessential = true\n" + reads +
         "[restart]\npolicy = \"never\"\n";
}

std::string main_above(const Given& given) {
  std::vector<std::string> words;
  for (const std::string& word : given.command) words.push_back(literal(word));
  return "command = " + show_list(words) + "\n";
}

}  // namespace supd::config

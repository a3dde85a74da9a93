#include "daemon/machine/boot_words.hpp"

#include <algorithm>
#include <array>

namespace supd::machine {
namespace {

/// The option that a word is, with `=value` or with a value behind its letter; else the end.
KnownOptions::const_iterator option_of(std::string_view word, const KnownOptions& known) {
  if (word.starts_with("--")) return known.find(word.substr(0, word.find('=')));
  return word.starts_with('-') ? known.find(word.substr(0, 2)) : known.end();
}

bool has_value_in_it(std::string_view word) { return word.starts_with("--") ? word.contains('=') : word.size() > 2; }

}  // namespace

BootMode boot_mode(std::span<const std::string_view> words) {
  constexpr std::array<std::string_view, 5> single{"single", "s", "S", "1", "-s"};
  constexpr std::array<std::string_view, 2> emergency{"emergency", "-b"};
  BootMode mode = BootMode::normal;
  for (std::string_view word : words) {
    if (std::ranges::find(single, word) != single.end()) mode = BootMode::single;
    if (std::ranges::find(emergency, word) != emergency.end()) mode = BootMode::emergency;
  }
  return mode;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    bool end = at == text.size() || (!quoted && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t'));
    if (!end) {
      quoted = quoted != (text[at] == '"');
      continue;
    }
    if (at > begin) words.emplace_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  return words;
}

Split split(std::span<const std::string> words, const KnownOptions& known) {
  Split parts;
  bool value_follows = false;
  for (const std::string& word : words) {
    auto option = option_of(word, known);
    bool is_option = option != known.end() && word != init_option;
    if (is_option || value_follows) {
      parts.options.push_back(word);
    } else {
      parts.others.emplace_back(word);
    }
    value_follows = !value_follows && is_option && option->second && !has_value_in_it(word);
  }
  return parts;
}

bool is_told(std::span<const std::string> words, const KnownOptions& known) {
  auto dashes = std::ranges::find(words, "--");
  Split parts = split({words.begin(), dashes}, known);
  return std::ranges::find(parts.others, init_option) != parts.others.end();
}

bool is_machines_init(const Role& role) {
  if (role.pid != 1) return false;
  if (role.told) return true;
  std::string_view name = role.called_as.substr(role.called_as.rfind('/') + 1);
  return name == "init" && !role.container && role.whole_machine;
}

}  // namespace supd::machine

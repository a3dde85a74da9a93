#include "daemon/machine/boot_words.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace supd::machine {

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

BootMode boot_mode_of_text(std::string_view text) {
  std::vector<std::string_view> words;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    bool end = at == text.size() || (!quoted && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t'));
    if (!end) {
      quoted = quoted != (text[at] == '"');
      continue;
    }
    if (at > begin) words.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  return boot_mode(words);
}

bool is_machines_init(const Role& role) {
  if (role.pid != 1) return false;
  if (role.told) return true;
  std::string_view name = role.called_as.substr(role.called_as.rfind('/') + 1);
  return name == "init" && !role.container;
}

}  // namespace supd::machine

#pragma once

/// The one table of supctl's verbs: dispatch, --help, shell completion and the tests come from it.

#include <cstdint>
#include <span>
#include <string_view>

#include "ctl/context.hpp"

namespace CLI {
class App;
}

namespace supd::ctl {

/// What the words after a verb are, for completion.
enum class Words : std::uint8_t { none, units, files, shells, signals, keys, schemas };

struct Verb {
  std::string_view name;
  std::string_view arguments;  ///< for usage lines: "[UNIT...]"
  std::string_view summary;    ///< one line
  Words words;
  void (*declare)(CLI::App&, Options&);  ///< adds the verb's options and arguments
  Ending (*run)(Context&);
};

[[nodiscard]] std::span<const Verb> verb_table();
[[nodiscard]] const Verb* find_verb(std::string_view name);

}  // namespace supd::ctl

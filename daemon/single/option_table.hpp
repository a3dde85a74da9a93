#pragma once

/// The options of one-program mode: one table for its own parser, for supd's --help, for the environment.

#include <span>
#include <string>

namespace supd::single {

enum class Key { single_child, rewrite, remap_exit, pdeathsig, grace, pause, verbose };

struct OptionRow {
  Key key;
  const char* name;      ///< without its dashes
  char letter;           ///< of the short form; '\0': there is none
  const char* argument;  ///< what --help calls its value; nullptr: it takes none
  const char* help;
};

[[nodiscard]] std::span<const OptionRow> option_table();

/// "SUPD_REMAP_EXIT" for --remap-exit.
[[nodiscard]] std::string environment_name(const OptionRow& row);

/// How the mode is called, for usage messages.
inline constexpr const char* what_to_type = "supd [OPTION]... -- COMMAND [ARGUMENT]...";

}  // namespace supd::single

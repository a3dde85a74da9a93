#pragma once

/// The command line: finds the verb, builds the CLI11 parser of that verb alone, and fills Options.
/// Global options may stand before or after the verb.

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/outcome.hpp"
#include "ctl/verbs.hpp"

namespace supd::ctl {

struct Parsed {
  const Verb* verb = nullptr;
  Options options;
};

/// Nothing to run: text to print, and the exit code.
struct ParseStop {
  proto::Outcome outcome = proto::Outcome::done;  ///< `done`: help that was asked for, for stdout
  std::string text;
};

/// `args` without the program's name. Looks at SUPD_SOCKET and, for the default socket, at the uid and
/// XDG_RUNTIME_DIR.
[[nodiscard]] std::expected<Parsed, ParseStop> parse_command_line(std::span<const char* const> args);

/// "--long" and "-s" names of the options of `verb`, global ones included, each with its description.
struct OptionName {
  std::string spelling;
  std::string description;
  bool takes_value = false;
};
[[nodiscard]] std::vector<OptionName> option_names(const Verb& verb);

/// Where supd listens unless told otherwise: /run/supd for root, $XDG_RUNTIME_DIR/supd for others.
[[nodiscard]] std::string default_socket_path();

/// The text of `supctl --help`, and of `supctl VERB --help`.
[[nodiscard]] std::string general_help();
[[nodiscard]] std::string verb_help(const Verb& verb);

}  // namespace supd::ctl

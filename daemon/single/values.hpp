#pragma once

/// The values of options, as people type them. A function returns "" or what is wrong with the text.

#include <string>
#include <string_view>

#include "daemon/single/options.hpp"

namespace supd::single {

/// "15:3", "TERM:QUIT", "SIGHUP:0", or a list of them with commas.
[[nodiscard]] std::string read_rewrite(Options& options, std::string_view text);
/// "143:0", or a list with commas.
[[nodiscard]] std::string read_remap(Options& options, std::string_view text);
[[nodiscard]] std::string read_pdeathsig(Options& options, std::string_view text);
[[nodiscard]] std::string read_grace(Options& options, std::string_view text);
/// "0" to "2".
[[nodiscard]] std::string read_verbose(Options& options, std::string_view text);
/// "0" or "1".
[[nodiscard]] std::string read_flag(bool& flag, std::string_view text);

}  // namespace supd::single

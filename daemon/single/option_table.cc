#include "daemon/single/option_table.hpp"

#include <array>
#include <string_view>

namespace supd::single {
namespace {

constexpr std::array table{
    OptionRow{Key::single_child, "single-child", '\0', nullptr,
              "signals go to the child alone, not to its whole group"},
    OptionRow{Key::rewrite, "rewrite", '\0', "FROM:TO", "pass on signal FROM as TO, 0 drops it (repeatable)"},
    OptionRow{Key::remap_exit, "remap-exit", '\0', "FROM:TO", "end with code TO where it would be FROM (repeatable)"},
    OptionRow{Key::pdeathsig, "pdeathsig", '\0', "SIGNAL", "be sent SIGNAL, and pass it on, when supd's parent ends"},
    OptionRow{Key::grace, "grace", '\0', "TIME",
              "what outlives the child has so long to end; default 0: leave at once"},
    OptionRow{Key::pause, "pause", '\0', nullptr, "without a command: only reap, until SIGTERM, SIGINT or SIGQUIT"},
    OptionRow{Key::verbose, "verbose", 'v', nullptr, "tell what is passed on, rewritten and reaped; twice: more"},
};

}  // namespace

std::span<const OptionRow> option_table() { return table; }

std::string environment_name(const OptionRow& row) {
  std::string name = "SUPD_";
  for (char c : std::string_view(row.name)) name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return name;
}

}  // namespace supd::single

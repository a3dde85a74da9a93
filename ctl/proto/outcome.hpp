#pragma once

/// How a request ended: the one table behind JSON-RPC error codes, supctl's exit codes, its man page
/// and its --help.

#include <array>
#include <string_view>

namespace supd::proto {

enum class Outcome : int {
  done = 0,
  failed = 1,
  usage = 2,
  not_active = 3,
  no_such_unit = 4,
  unreachable = 5,
  not_permitted = 6,
  timed_out = 7,
};

struct OutcomeInfo {
  Outcome outcome;
  std::string_view meaning;
};

inline constexpr std::array<OutcomeInfo, 8> outcome_table{{
    {Outcome::done, "done"},
    {Outcome::failed, "the operation failed"},
    {Outcome::usage, "bad usage or bad configuration"},
    {Outcome::not_active, "status: a unit is not active"},
    {Outcome::no_such_unit, "no such unit"},
    {Outcome::unreachable, "supd can't be reached"},
    {Outcome::not_permitted, "not permitted"},
    {Outcome::timed_out, "timed out"},
}};

}  // namespace supd::proto

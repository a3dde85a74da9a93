#pragma once

/// What a command line says about things that only one unit can have: ports and pidfiles.

#include <string>
#include <string_view>
#include <vector>

#include "units/spec.hpp"

namespace supd::config {

/// Where a unit seems to listen.
struct Port {
  std::string_view key;  ///< "command" or "env"
  std::string address;   ///< "": any
  std::string number;    ///< decimal, without zeros in front
};

/// From PORT in [env], and --port N, --listen ADDR:N, --bind ADDR:N, --addr ADDR:N in the command, each also with = in
/// place of the blank. Each port once. What has ${ in it is known at the start only, and left out.
[[nodiscard]] std::vector<Port> ports_of(const UnitSpec& unit);

/// Of --pidfile PATH and its other spellings; "": none.
[[nodiscard]] std::string pidfile_of(const UnitSpec& unit);

}  // namespace supd::config

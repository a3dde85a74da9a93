#pragma once

/// Whether a program of a unit is there to be executed, as execvp(3) will look for it.

#include <string>

#include "units/spec.hpp"

namespace supd::config {

struct ProgramFault {
  std::string message;  ///< "": it is fine, as far as can be seen
  std::string hint;
};

/// `program` is the first word of a command. One with ${ in it is not looked for: it is known at the start only.
[[nodiscard]] ProgramFault find_fault(const std::string& program, const UnitSpec& unit);

}  // namespace supd::config

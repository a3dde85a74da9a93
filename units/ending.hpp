#pragma once

/// When supd ends by itself, and with which exit code: that of a container, of a job, of a test run.
///
/// A unit has ended for good when it is completed or failed and no timer will try it again; one that was stopped by
/// hand has not. What is told to end (a signal, `supctl shutdown`) ends with 0, whatever its units say.

#include <cstdint>
#include <optional>
#include <string_view>

#include "units/base/ids.hpp"
#include "units/spec.hpp"
#include "units/unit_state.hpp"

namespace supd {

/// What supd's end is the end of: of itself, or, where it is the init of a machine, of the machine.
enum class EndKind : std::uint8_t { exit, poweroff, reboot, halt };
[[nodiscard]] std::string_view word(EndKind kind);
[[nodiscard]] std::optional<EndKind> end_kind(std::string_view word);

struct Ending {
  UnitId unit;   ///< whose end it was; not valid: nobody's
  int code = 0;  ///< exit code for supd
};

[[nodiscard]] bool ended_for_good(const UnitState& unit);

/// It is up, or may still come up without anybody asking. A target is a name: those that it stands for count.
[[nodiscard]] bool goes_on(const UnitState& unit, Kind kind);

/// As a shell tells it: the code, or 128 + signal; 127 and 126 for what was not found and what could not be started;
/// 1 for a unit that failed without having run.
[[nodiscard]] int exit_code(const UnitState& unit);

}  // namespace supd

#pragma once

/// The one table of signal names (signal(7)), shared by unit files, the control protocol and messages.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace supd {

/// "SIGTERM" for 15; "SIGRTMIN+3" for real-time signals; "signal 99" for anything else.
[[nodiscard]] std::string signal_name(int number);

/// The number of "SIGTERM", "TERM", "term", "15", "SIGRTMIN+3"; nothing when there is no such signal.
[[nodiscard]] std::optional<int> signal_number(std::string_view name);

/// Every plain name ("SIGHUP", ...), for "did you mean" and completion.
[[nodiscard]] std::vector<std::string_view> signal_names();

}  // namespace supd

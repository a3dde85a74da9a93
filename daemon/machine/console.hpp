#pragma once

/// Which terminal the console is (the kernel's admin-guide/serial-console and Documentation/ABI/testing/sysfs-tty).

#include <string>
#include <string_view>
#include <vector>

namespace supd::machine {

/// The devices that read what is typed at the console: `active` is what /sys/class/tty/console/active says, where the
/// last one counts, and `foreground` is the virtual terminal on the screen.
[[nodiscard]] std::vector<std::string> consoles(std::string_view active, std::string_view foreground);
/// Those of this machine, now. /dev/console is always one.
[[nodiscard]] std::vector<std::string> consoles();

}  // namespace supd::machine

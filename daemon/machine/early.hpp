#pragma once

/// What has to be there before the first unit: console, file systems, a name, loopback, Ctrl-Alt-Del.

#include <vector>

namespace supd::machine {

/// Which of stdin, stdout and stderr this process was started without, as the kernel starts one that finds no console
/// in an initramfs. To be asked before anything is opened in their place.
[[nodiscard]] std::vector<int> missing_stdio();

/// The console becomes those that were missing, as soon as there is one. What fails is told, with its reason, and is no
/// reason to stop.
void set_up_machine(const std::vector<int>& missing);

}  // namespace supd::machine

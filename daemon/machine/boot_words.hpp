#pragma once

/// How a machine shall come up: from the words behind init that the kernel passes on, and from its command line.

#include <span>
#include <string>
#include <string_view>

namespace supd::machine {

enum class BootMode : unsigned char {
  normal,     ///< everything that is enabled
  single,     ///< the unit `single` and what it needs; when it ends, the rest
  emergency,  ///< a shell before anything is started
};

/// Words that mean nothing to init are left to others: the kernel passes on all that it does not know. `single`, `s`,
/// `S`, `1` and `-s`; `emergency` and `-b`. The last one counts.
[[nodiscard]] BootMode boot_mode(std::span<const std::string_view> words);

/// The words of a text such as /proc/cmdline. What is in quotes stays one word.
[[nodiscard]] BootMode boot_mode_of_text(std::string_view text);

/// Called as init, or told so, as PID 1. In a container only when told.
struct Role {
  int pid = 0;
  std::string_view called_as;  ///< argv[0]
  bool told = false;           ///< --init
  bool container = false;      ///< $container is set (the convention of container runtimes)
};
[[nodiscard]] bool is_machines_init(const Role& role);

}  // namespace supd::machine

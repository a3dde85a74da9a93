#pragma once

/// How a machine shall come up: from the words behind init that the kernel passes on, and from its command line.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// supd's own options, "-c" and "--config" each; true: a value follows.
using KnownOptions = std::map<std::string, bool, std::less<>>;

/// Words for init: what is meant for supd's command line, and the rest, in which a word says how to boot. An option
/// that supd does not have is one of those words that the kernel did not know either, and takes no other word along.
struct Split {
  std::vector<std::string> options;
  std::vector<std::string_view> others;
};
inline constexpr std::string_view init_option = "--init";
[[nodiscard]] Split split(std::span<const std::string> words, const KnownOptions& known);

/// Whether `--init` is among the options. What stands behind `--` is a program's, and the value of an option is none.
[[nodiscard]] bool is_told(std::span<const std::string> words, const KnownOptions& known);

/// Called as init, or told so, as PID 1. In a container only when told.
struct Role {
  int pid = 0;
  std::string_view called_as;  ///< argv[0]
  bool told = false;           ///< --init
  bool container = false;      ///< $container is set (the convention of some container runtimes)
  bool whole_machine = false;  ///< PID 1 of the first pid namespace, and not of a container's own
};
[[nodiscard]] bool is_machines_init(const Role& role);

}  // namespace supd::machine

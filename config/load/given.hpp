#pragma once

/// What no file says: the command behind `--`, and what holds where supd is PID 1. It becomes text of the same kind as
/// files, so that all that is true of them (checks, `supctl show`, plans) is true of it.

#include <string>
#include <string_view>
#include <vector>

namespace supd::config {

struct Given {
  /// Name of the unit that `command` becomes: essential, never restarted, it reads what supd reads. A unit file of that
  /// name may say otherwise, but for the command.
  static constexpr std::string_view main_unit = "main";

  std::vector<std::string> command{};  ///< empty: none
  bool terminal = false;               ///< supd's stdin is one: the command gets it
  bool container = false;              ///< PID 1, and not the init of a machine
  /// Of the init of a machine: the shell for a person at the console. It becomes the units `single` and `emergency`.
  std::vector<std::string> console_shell{};

  [[nodiscard]] bool empty() const { return command.empty() && !container && console_shell.empty(); }
  bool operator==(const Given&) const = default;
};

/// TOML of supd.toml, below what files say; "" for nothing.
[[nodiscard]] std::string settings_below(const Given& given);
/// TOML of the unit, below and above what files say. There is a command.
[[nodiscard]] std::string main_below(const Given& given);
[[nodiscard]] std::string main_above(const Given& given);
/// TOML of the unit of that name, below what files say. There is a shell.
[[nodiscard]] std::string shell_below(const Given& given, std::string_view name);
inline constexpr std::string_view single_unit = "single", emergency_unit = "emergency";
/// Whose failure is the machine's: then the emergency shell comes.
inline constexpr std::string_view boot_unit = "boot";

}  // namespace supd::config

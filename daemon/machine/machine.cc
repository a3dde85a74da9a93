#include "daemon/machine/machine.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/early.hpp"
#include "daemon/machine/ending.hpp"
#include "daemon/machine/shell.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::machine {
namespace {

constexpr std::string_view told = "--init";

bool takes_a_value(std::string_view option) {
  return option.starts_with('-') && option != told && option != "--trust-config" && !option.contains('=');
}

BootMode mode_of(std::span<const std::string> arguments) {
  std::vector<std::string_view> words(arguments.begin(), arguments.end());
  BootMode mode = boot_mode(words);
  if (mode != BootMode::normal) return mode;
  auto text = sys::read_small_file(sys::working_directory, "/proc/cmdline", 65536);
  return text ? boot_mode_of_text(*text) : mode;
}

/// Of services that are started before anybody says otherwise.
void settle_environment() {
  ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
  ::setenv("TERM", "linux", 0);
  ::chdir("/");
}

}  // namespace

bool requested(std::span<char* const> arguments) {
  if (arguments.empty()) return false;
  bool is_told =
      std::ranges::find(arguments, told, [](const char* word) { return std::string_view(word); }) != arguments.end();
  return is_machines_init({::getpid(), arguments.front(), is_told, std::getenv("container") != nullptr});
}

std::vector<std::string> supd_options(std::span<const std::string> arguments) {
  std::vector<std::string> kept;
  bool value_follows = false;
  for (const std::string& word : arguments) {
    std::string_view text(word);
    bool means_boot = boot_mode({&text, 1}) != BootMode::normal;
    bool option = text.starts_with('-') && text != "--" && !means_boot && text != told;
    if ((option || value_follows) && !means_boot) kept.push_back(word);
    value_follows = option && takes_a_value(text);
  }
  return kept;
}

std::vector<std::string> console_shell() {
  return {"/bin/sh", "-c",
          "if grep -q '^root:[^*!:]' /etc/shadow 2>/dev/null; then "
          "for each in /sbin/sulogin /usr/sbin/sulogin; do [ -x $each ] && exec $each; done; fi; exec /bin/sh"};
}

void run(std::span<char* const> arguments, const Supervise& supervise) {
  sys::open_missing_stdio();
  take_console();
  std::vector<std::string> words(arguments.begin() + 1, arguments.end());
  settle_environment();
  set_up_machine();
  BootMode mode = mode_of(words);
  if (mode == BootMode::emergency) emergency_shell("emergency was asked for at boot", console_shell());
  if (auto end_of_machine = supervise(supd_options(words), mode)) end(*end_of_machine);
  emergency_shell("supd can't run: the reason is above", console_shell());
  // From the beginning, in a process without a past.
  ::execv("/proc/self/exe", arguments.data());
  while (true) emergency_shell("supd can't be executed again", console_shell());
}

}  // namespace supd::machine

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
/// In the environment of a supd that begins again: who wanted a shell first has had it.
constexpr const char* again = "SUPD_INIT_AGAIN";

bool takes_a_value(std::string_view option) {
  return option.starts_with('-') && option != told && option != "--trust-config" && !option.contains('=');
}

/// Init's words: what is meant for supd's command line, and the rest, which says how to boot.
struct Split {
  std::vector<std::string> options;
  std::vector<std::string_view> others;
};

Split split(std::span<const std::string> arguments) {
  Split parts;
  bool value_follows = false;
  for (const std::string& word : arguments) {
    std::string_view text(word);
    bool means_boot = boot_mode({&text, 1}) != BootMode::normal;
    bool option = text.starts_with('-') && text != "--" && text != told && !means_boot;
    if (option || value_follows) {
      parts.options.push_back(word);
    } else {
      parts.others.push_back(text);
    }
    value_follows = option && !value_follows && takes_a_value(text);
  }
  return parts;
}

BootMode mode_of(std::span<const std::string> arguments) {
  BootMode mode = boot_mode(split(arguments).others);
  if (mode != BootMode::normal) return mode;
  auto text = sys::read_small_file(sys::working_directory, "/proc/cmdline", 65536);
  return text ? boot_mode_of_text(*text) : mode;
}

/// A shell, or the end of the machine when somebody asks for it meanwhile.
void shell_or_end(const char* why) {
  if (auto end_of_machine = emergency_shell(why, console_shell())) end(*end_of_machine);
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

std::vector<std::string> supd_options(std::span<const std::string> arguments) { return split(arguments).options; }

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
  bool first = std::getenv(again) == nullptr;
  ::unsetenv(again);
  if (mode == BootMode::emergency && first) shell_or_end("emergency was asked for at boot");
  if (auto end_of_machine = supervise(supd_options(words), mode)) end(*end_of_machine);
  shell_or_end("supd can't run: the reason is above");
  // From the beginning, in a process without a past.
  ::setenv(again, "1", 1);
  ::execv("/proc/self/exe", arguments.data());
  while (true) shell_or_end("supd can't be executed again");
}

}  // namespace supd::machine

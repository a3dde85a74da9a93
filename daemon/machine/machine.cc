#include "daemon/machine/machine.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/early.hpp"
#include "daemon/machine/ending.hpp"
#include "daemon/machine/shell.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::machine {
namespace {

/// In the environment of a supd that begins again: who wanted a shell first has had it.
constexpr const char* again = "SUPD_INIT_AGAIN";

std::span<char* const> started_with;

std::vector<std::string> behind_the_name(std::span<char* const> arguments) {
  return {arguments.begin() + 1, arguments.end()};
}

std::string kernel_command_line() {
  return sys::read_small_file(sys::working_directory, "/proc/cmdline", 65536).value_or("");
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

/// From the beginning, in a process without a past.
[[noreturn]] void begin_again() {
  ::setenv(again, "1", 1);
  ::execv("/proc/self/exe", started_with.data());
  ::execv(started_with.front(), started_with.data());
  while (true) shell_or_end("supd can't be executed again");
}

std::string what_was_thrown() {
  try {
    if (std::current_exception()) throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
  }
  return "unknown";
}

/// The kernel would panic when this process died of it. What ran is not known any more, so it must not run on beside
/// what the next supd starts.
[[noreturn]] void after_exception() {
  if (::getpid() != 1) std::abort();  // a child that does a step of ours
  log::set_tee(nullptr, true);
  log::detach();
  shell_or_end(("supd has failed (" + what_was_thrown() + ") and supervises nothing any more").c_str());
  end_processes();
  begin_again();
}

}  // namespace

bool requested(std::span<char* const> arguments, MakeOptions known) {
  if (arguments.empty() || ::getpid() != 1) return false;
  auto is_word = [](const char* word) { return word == init_option; };
  bool named = std::ranges::any_of(arguments.subspan(1), is_word);
  bool told = named && is_told(behind_the_name(arguments), known());
  Role role{1, arguments.front(), told, std::getenv("container") != nullptr, true};
  // The kernel is asked last: nobody who is called otherwise calls reboot(2).
  role.whole_machine = !told && is_machines_init(role) && sys::is_whole_machine();
  return is_machines_init(role);
}

BootMode mode_of(std::span<const std::string> arguments, std::string_view kernel_command_line,
                 const KnownOptions& known) {
  BootMode mode = boot_mode(split(arguments, known).others);
  if (mode != BootMode::normal) return mode;
  std::vector<std::string> words = words_of(kernel_command_line);
  return boot_mode(split(words, known).others);
}

std::vector<std::string> console_shell() {
  return {"/bin/sh", "-c",
          "if grep -q '^root:[^*!:]' /etc/shadow 2>/dev/null; then "
          "for each in /sbin/sulogin /usr/sbin/sulogin; do [ -x $each ] && exec $each; done; fi; exec /bin/sh"};
}

void run(std::span<char* const> arguments, MakeOptions known, const Supervise& supervise) noexcept {
  started_with = arguments;
  std::set_terminate(after_exception);
  std::vector<int> missing = missing_stdio();
  sys::open_missing_stdio();
  std::vector<std::string> words = behind_the_name(arguments);
  settle_environment();
  set_up_machine(missing);
  KnownOptions options = known();
  BootMode mode = mode_of(words, kernel_command_line(), options);
  bool first = std::getenv(again) == nullptr;
  ::unsetenv(again);
  if (mode == BootMode::emergency && first) shell_or_end("emergency was asked for at boot");
  if (auto end_of_machine = supervise(split(words, options).options, mode)) end(*end_of_machine);
  shell_or_end("supd can't run: the reason is above");
  begin_again();
}

}  // namespace supd::machine

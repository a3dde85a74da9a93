// supd as the init of a machine: the parts that decide, and the whole in a pid namespace of its own.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <new>

#include "daemon/machine/boot_words.hpp"
#include "daemon/machine/console.hpp"
#include "daemon/machine/machine.hpp"
#include "daemon/machine/shell.hpp"
#include "daemon/options.hpp"
#include "daemon/signal_watch.hpp"
#include "daemon/sys/fd.hpp"
#include "tests/integration/program.hpp"
#include "tests/integration/scratch.hpp"

namespace supd::machine {
namespace {

using Words = std::vector<std::string>;

TEST(BootWords, single_and_emergency_by_all_their_names_and_the_last_one_counts) {
  auto mode = [](std::vector<std::string_view> words) { return boot_mode(words); };
  EXPECT_EQ(mode({}), BootMode::normal);
  EXPECT_EQ(mode({"splash", "quiet", "nosingle"}), BootMode::normal);
  for (const char* word : {"single", "s", "S", "1", "-s"}) EXPECT_EQ(mode({word}), BootMode::single) << word;
  for (const char* word : {"emergency", "-b"}) EXPECT_EQ(mode({word}), BootMode::emergency) << word;
  EXPECT_EQ(mode({"single", "emergency"}), BootMode::emergency);
}

TEST(BootWords, of_the_kernels_command_line) {
  auto mode = [](std::string_view text) { return mode_of({}, text, known_options()); };
  EXPECT_EQ(mode("root=/dev/vda console=ttyS0 single\n"), BootMode::single);
  EXPECT_EQ(mode("root=/dev/vda note=\"single user\" quiet\n"), BootMode::normal) << "it is in quotes";
  EXPECT_EQ(mode("quiet -- -c single\n"), BootMode::normal) << "a value of an option for init";
  EXPECT_EQ(mode("quiet -- --engine epoll emergency\n"), BootMode::emergency);
  EXPECT_EQ(mode(""), BootMode::normal);
}

TEST(BootWords, arguments_count_before_the_kernels_command_line) {
  auto mode = [](const Words& words, std::string_view text) { return mode_of(words, text, known_options()); };
  EXPECT_EQ(mode({"emergency"}, "single"), BootMode::emergency);
  EXPECT_EQ(mode({"--engine=epoll"}, "root=/dev/vda single"), BootMode::single) << "an initramfs may have dropped it";
  EXPECT_EQ(mode({"-c", "single"}, "root=/dev/vda -- -c single"), BootMode::normal);
  EXPECT_EQ(mode({"--foo", "single"}, ""), BootMode::single) << "what supd does not know takes no word along";
}

TEST(BootWords, only_PID_1_and_never_a_container_by_accident) {
  EXPECT_TRUE(is_machines_init({1, "/sbin/init", false, false, true}));
  EXPECT_TRUE(is_machines_init({1, "supd", true, true, false}));
  EXPECT_FALSE(is_machines_init({1, "init", false, true, true}));
  EXPECT_FALSE(is_machines_init({1, "init", false, false, false})) << "a runtime that does not set $container";
  EXPECT_FALSE(is_machines_init({1, "supd", false, false, true}));
  EXPECT_FALSE(is_machines_init({2, "init", true, false, true}));
}

TEST(BootWords, init_among_a_programs_arguments_is_the_programs) {
  auto told = [](const Words& words) { return is_told(words, known_options()); };
  EXPECT_TRUE(told({"--init"}));
  EXPECT_TRUE(told({"-c", "/etc/other", "--init", "--", "app"}));
  EXPECT_FALSE(told({"--", "app", "--init"}));
  EXPECT_FALSE(told({"-c", "--init"})) << "it is a value";
}

TEST(BootWords, what_the_kernel_passes_on_is_no_option) {
  auto options = [](const Words& words) { return split(words, known_options()).options; };
  EXPECT_EQ(options({"splash", "single", "-s", "-c", "/etc/other", "--init", "stray", "--engine=epoll", "-c/more"}),
            (Words{"-c", "/etc/other", "--engine=epoll", "-c/more"}));
  EXPECT_EQ(options({"-c", "single", "--state-dir", "1"}), (Words{"-c", "single", "--state-dir", "1"}))
      << "a value is no word of the boot";
  EXPECT_EQ(options({"--trust-config", "--log-level", "debug", "quiet", "--fast"}),
            (Words{"--trust-config", "--log-level", "debug"}));
  EXPECT_EQ(options({}), Words{});
}

TEST(InitSignals, the_kernels_and_those_that_hypervisors_send) {
  using config::SignalUse;
  EXPECT_EQ(default_use(SIGINT, true), SignalUse::reboot) << "Ctrl-Alt-Del";
  EXPECT_EQ(default_use(SIGPWR, true), SignalUse::poweroff);
  EXPECT_EQ(default_use(SIGTERM, true), SignalUse::reboot) << "busybox reboot";
  EXPECT_EQ(default_use(SIGUSR2, true), SignalUse::poweroff) << "busybox poweroff";
  EXPECT_EQ(default_use(37, true), SignalUse::halt);
  EXPECT_EQ(default_use(38, true), SignalUse::poweroff);
  EXPECT_EQ(default_use(39, true), SignalUse::reboot);
  EXPECT_EQ(default_use(SIGHUP, true), SignalUse::reload);
  EXPECT_EQ(default_use(SIGUSR1, true), SignalUse::reopen);
  EXPECT_EQ(default_use(SIGQUIT, true), SignalUse::ignore);
}

TEST(Container, a_link_called_init_and_init_behind_dashes_run_one_program) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIP: a pid namespace of its own takes root: run as root";
  integration::Scratch scratch;
  std::string init = scratch.file("init"), supd = SUPD_BUILD_ROOT "/daemon/supd";
  ASSERT_EQ(::symlink(supd.c_str(), init.c_str()), 0);
  for (const std::string& program : {init, supd}) {
    auto ran = integration::run({"unshare", "-p", "-m", "-f", program, "--", "/bin/echo", "alone", "--init"});
    EXPECT_EQ(ran.output, "alone --init\n") << program;
    EXPECT_EQ(ran.exit.text(), "exited with 0") << program;
  }
}

TEST(InitSignals, the_shell_of_emergencies_obeys_the_same) {
  auto end_of = [](config::SignalUse use) -> std::optional<sys::MachineEnd> {
    if (use == config::SignalUse::poweroff) return sys::MachineEnd::poweroff;
    if (use == config::SignalUse::reboot) return sys::MachineEnd::reboot;
    if (use == config::SignalUse::halt) return sys::MachineEnd::halt;
    return std::nullopt;
  };
  for (int signal = 1; signal <= 64; ++signal) {
    EXPECT_EQ(end_by_signal(signal), end_of(default_use(signal, true))) << signal;
  }
}

/// PID 1 of namespaces of its own, in this program: run() with a supervisor that throws. Returns how it ended.
int init_that_throws(const std::string& console, const std::string& output) {
  pid_t outside = ::fork();
  if (outside == 0) {
    int fd = ::open(output.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
    ::dup2(fd, STDERR_FILENO);
    if (::unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWIPC) != 0) ::_exit(1);
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(2);
    if (::mount(console.c_str(), "/dev/console", nullptr, MS_BIND, nullptr) != 0) ::_exit(3);
    if (pid_t init = ::fork(); init != 0) {
      int status = 0;
      ::waitpid(init, &status, 0);
      ::_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 4);
    }
    std::array<char*, 2> arguments{const_cast<char*>("/bin/false"), nullptr};
    run({arguments.data(), 1}, known_options,
        [](const auto&, BootMode) -> std::optional<sys::MachineEnd> { throw std::bad_alloc(); });
  }
  int status = 0;
  ::waitpid(outside, &status, 0);
  return WEXITSTATUS(status);
}

TEST(InitThatThrows, an_exception_brings_the_emergency_shell_and_no_panic) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIP: namespaces of its own take root: run as root";
  integration::Scratch scratch;
  std::string output = scratch.file("output");
  int how = init_that_throws(scratch.write("typed", "kill -PWR 1; sleep 1000\n"), output);
  EXPECT_EQ(how, 128 + SIGINT) << "power off: " << integration::slurp(output);
  EXPECT_NE(integration::slurp(output).find("supd has failed (std::bad_alloc)"), std::string::npos)
      << integration::slurp(output);
}

/// In namespaces of its own: pid, mounts, host name, network.
struct Init : testing::Test {
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIP: namespaces of its own take root: run as root";
  }
  integration::Ran boot(const Words& words = {}) {
    Words argv{"unshare", "-p", "-m", "-u", "-n", "-i", "-f", "sh", "-c"};
    // Files of its own where supd leaves some, and no console of the machine's.
    argv.push_back(
        "mount -t tmpfs none /run && mount -t tmpfs none /var/log && mount -t tmpfs none /var/lib && "
        "mount --bind \"$0\" /dev/console; " +
        before + "exec \"$@\"" + redirect);
    argv.push_back(console);
    argv.insert(argv.end(), wrapper.begin(), wrapper.end());
    argv.insert(argv.end(), {SUPD_BUILD_ROOT "/daemon/supd", "--init", "-c", scratch.path()});
    argv.insert(argv.end(), words.begin(), words.end());
    return integration::run(argv);
  }
  void task(const char* name, const std::string& script) {
    scratch.write(std::string(name) + ".toml", "kind = 'task'\ncommand = ['/bin/sh', '-c', '''" + script +
                                                   "''']\n[restart]\npolicy = 'never'\n[log]\nto = ['console']\n");
  }
  std::string supctl = SUPD_BUILD_ROOT "/ctl/supctl ";
  std::string console = "/dev/null";
  std::string before;    ///< commands for the shell that makes the machine
  std::string redirect;  ///< of supd
  Words wrapper;         ///< of supd
  integration::Scratch scratch;
};

TEST_F(Init, loopback_is_up_and_reboot_ends_with_what_reboot_means_in_a_namespace) {
  task("look", "cat /sys/class/net/lo/flags; exec " + supctl + "reboot");
  auto ran = boot();
  EXPECT_TRUE(ran.exit.by_signal() ? ran.exit.status == SIGHUP : ran.exit.status == 128 + SIGHUP) << ran.output;
  EXPECT_NE(ran.output.find("look | 0x9"), std::string::npos) << ran.output;
}

TEST_F(Init, poweroff_and_halt_and_the_signals_of_both) {
  for (std::string end : {supctl + "poweroff", supctl + "halt", supctl + "shutdown", std::string("kill -PWR 1")}) {
    task("ends", end);
    auto ran = boot();
    EXPECT_TRUE(ran.exit.by_signal() ? ran.exit.status == SIGINT : ran.exit.status == 128 + SIGINT) << end << "\n"
                                                                                                    << ran.output;
  }
}

TEST_F(Init, by_force_nobody_is_asked) {
  for (auto [verb, signal] : {std::pair("poweroff", SIGINT), {"halt", SIGINT}, {"reboot", SIGHUP}}) {
    task("ends", supctl + verb + " --force");
    auto ran = boot();
    EXPECT_TRUE(ran.exit.by_signal() ? ran.exit.status == signal : ran.exit.status == 128 + signal) << ran.output;
    EXPECT_EQ(ran.output.find("the end:"), std::string::npos) << verb << "\n" << ran.output;
  }
}

TEST_F(Init, emergency_is_one_shell_even_where_the_configuration_is_bad) {
  scratch.write("web.toml", "comand = ['x']\n");
  task("end", "exec " + supctl + "poweroff");
  // The first shell ends at once, the second one repairs.
  std::string shells = scratch.file("shells");
  console = scratch.write(
      "typed", "echo >>" + shells + "; [ $(wc -l <" + shells + ") -lt 2 ] || rm " + scratch.file("web.toml") + "\n");
  auto ran = boot({"emergency"});
  EXPECT_NE(ran.output.find("emergency was asked for"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
  EXPECT_EQ(integration::slurp(shells), "\n\n") << "one that was asked for, one for the configuration";
}

TEST_F(Init, the_shell_of_emergencies_does_not_keep_the_machine) {
  for (auto [sent, signal] : {std::pair("INT", SIGHUP), {"PWR", SIGINT}, {"TERM", SIGHUP}, {"USR2", SIGINT}}) {
    console = scratch.write("typed", std::string("kill -") + sent + " 1; sleep 1000\n");
    auto ran = boot({"emergency"});
    EXPECT_TRUE(ran.exit.by_signal() ? ran.exit.status == signal : ran.exit.status == 128 + signal) << ran.output;
    EXPECT_NE(ran.output.find("the end:"), std::string::npos) << ran.output;
  }
}

TEST_F(Init, started_without_stdio_it_talks_to_the_console) {
  console = scratch.write("screen", "");
  redirect = " 0<&- 1>&- 2>&-";
  task("end", "exec " + supctl + "poweroff");
  static_cast<void>(boot());
  EXPECT_NE(integration::slurp(console).find("the end: power off"), std::string::npos) << integration::slurp(console);
}

TEST_F(Init, what_no_unit_owns_is_ended_too) {
  task("strays",
       "setsid sh -c 'trap \"\" TERM; while :; do sleep 1000; done' & sleep 0.1; exec " + supctl + "poweroff");
  auto ran = boot();
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
}

TEST_F(Init, what_cannot_be_killed_does_not_keep_the_machine) {
  before = "for d in /sys/fs/cgroup /sys/fs/cgroup/unified; do mountpoint -q $d && mount -t tmpfs none $d; done; ";
  wrapper = {SUPD_BUILD_ROOT "/tests/integration/without"};
  for (long call : {SYS_kill, SYS_pidfd_send_signal}) {
    wrapper.insert(wrapper.end(), {std::to_string(call), std::to_string(EPERM)});
  }
  wrapper.emplace_back("--");
  scratch.write("supd.toml", "[daemon]\nshutdown_timeout = '10ms'\n");
  scratch.write("web.toml", "command = ['/bin/sleep', '1000']\n");
  task("end", supctl + "poweroff");
  auto ran = boot();
  EXPECT_NE(ran.output.find("web can't be killed"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
}

TEST_F(Init, Ctrl_Alt_Del_while_it_powers_off_makes_it_sooner_and_no_reboot) {
  std::string listens = scratch.file("listens");
  scratch.write("deaf.toml", "command = ['/bin/sh', '-c', 'trap \"kill -INT 1\" TERM; : >" + listens +
                                 "; while :; do sleep 1000 & wait; done']\n"
                                 "[stop]\nsequence = ['SIGTERM', '1h', 'SIGKILL']\n");
  task("end", "until [ -e " + listens + " ]; do sleep 0.01; done; exec " + supctl + "poweroff");
  auto ran = boot();
  EXPECT_NE(ran.output.find("SIGINT while everything stops: killing what is left"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
}

TEST_F(Init, a_boot_that_fails_brings_the_emergency_shell_and_is_tried_again) {
  std::string tried = scratch.file("tried");
  scratch.write("boot.toml", "kind = 'target'\n[depends]\nrequires = ['disk']\n");
  task("disk", "test -e " + tried);
  task("end", "exec " + supctl + "poweroff");
  scratch.write("end.toml", integration::slurp(scratch.file("end.toml")) + "[depends]\nrequires = ['disk']\n");
  // A person at the console repairs it.
  scratch.write("emergency.toml", "command = ['/bin/touch', '" + tried + "']\nterminal = ''\n");
  auto ran = boot();
  EXPECT_NE(ran.output.find("boot has failed"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
}

TEST_F(Init, the_emergency_shell_has_the_console_alone_and_gives_it_back) {
  sys::UniqueFd screen(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(::grantpt(screen.get()) == 0 && ::unlockpt(screen.get()) == 0);
  console = ::ptsname(screen.get());
  std::string repaired = scratch.file("repaired"), seen = scratch.file("seen");
  scratch.write("boot.toml", "kind = 'target'\n[depends]\nrequires = ['mounts']\nwants = ['login']\n");
  scratch.write("login.toml",
                "command = ['/bin/sleep', '1000']\nterminal = '/dev/console'\n[depends]\nafter = ['mounts:exited']\n");
  // The first thing that fails leaves the log-in up or about to be.
  task("mounts", "test -e " + repaired);
  scratch.write("emergency.toml",
                "command = ['/bin/sh', '-c', '" + supctl + "status login >" + seen + "; : >" + repaired + "']\n");
  task("end", "until [ -e " + repaired + " ] && " + supctl + "status login | grep -q running; do sleep 0.05; done; " +
                  "exec " + supctl + "poweroff");
  auto ran = boot();
  EXPECT_NE(integration::slurp(seen).find("inactive"), std::string::npos) << integration::slurp(seen) << ran.output;
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
}

TEST_F(Init, a_shell_and_a_boot_that_both_fail_at_once_leave_supd_awake) {
  scratch.write("boot.toml", "kind = 'target'\n[depends]\nrequires = ['disk']\n");
  scratch.write("disk.toml", "kind = 'task'\ncommand = ['/no/such/program']\n[restart]\npolicy = 'never'\n");
  scratch.write("emergency.toml", "command = ['/no/such/shell']\nterminal = ''\n");
  task("end",
       "until " + supctl + "status emergency | grep -q failed; do sleep 0.05; done; exec " + supctl + "poweroff");
  auto ran = boot();
  EXPECT_NE(ran.output.find("tried again in 5 seconds"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
}

TEST_F(Init, what_single_needed_and_is_done_is_not_done_again) {
  std::string done = scratch.file("done");
  task("disk", "echo done >>" + done);
  task("later", "exec " + supctl + "poweroff");
  scratch.write("later.toml", integration::slurp(scratch.file("later.toml")) + "[depends]\nafter = ['other']\n");
  task("other", ":");
  scratch.write("single.toml", "command = ['/bin/true']\nterminal = ''\n[depends]\nrequires = ['disk:completed']\n");
  auto ran = boot({"single"});
  EXPECT_EQ(integration::slurp(done), "done\n") << ran.output;
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
}

TEST_F(Init, a_single_shell_on_a_machine_that_is_up_starts_nothing_when_it_ends) {
  std::string done = scratch.file("done");
  task("disk", "echo done >>" + done);
  scratch.write("single.toml", "command = ['/bin/true']\nterminal = ''\n");
  std::string status = "until " + supctl + "status ";
  task("end", status + "disk | grep -q completed; do :; done; " + supctl + "start single; " + status +
                  "single | grep -q completed; do :; done; exec " + supctl + "poweroff");
  auto ran = boot();
  EXPECT_EQ(integration::slurp(done), "done\n") << ran.output;
}

TEST(Console, is_what_the_kernel_reads_it_from) {
  EXPECT_EQ(consoles("ttyS0\n", ""), (Words{"/dev/console", "/dev/ttyS0"}));
  EXPECT_EQ(consoles("ttyS0 tty0\n", "tty2\n"), (Words{"/dev/console", "/dev/tty0", "/dev/tty2"}));
  EXPECT_EQ(consoles("tty0 ttyS0\n", "tty1\n"), (Words{"/dev/console", "/dev/ttyS0"}));
  EXPECT_EQ(consoles("", ""), Words{"/dev/console"});
}

TEST_F(Init, single_starts_one_shell_and_then_the_rest) {
  task("later", "exec " + supctl + "poweroff");
  scratch.write("single.toml", "command = ['/bin/sh', '-c', 'echo alone']\nterminal = ''\n[log]\nto = ['console']\n");
  auto ran = boot({"single"});
  std::size_t alone = ran.output.find("single | alone"), later = ran.output.find("later: running");
  ASSERT_NE(alone, std::string::npos) << ran.output;
  EXPECT_LT(ran.output.find("single: completed"), later) << ran.output;
}

TEST_F(Init, a_bad_configuration_ends_in_a_shell_and_then_in_another_try) {
  scratch.write("web.toml", "comand = ['x']\n");
  task("end", "exec " + supctl + "poweroff");
  // The console's shell reads what a person would type.
  std::string typed = scratch.write("typed", "rm " + scratch.file("web.toml") + "\n");
  console = typed;
  auto ran = boot();
  EXPECT_NE(ran.output.find("supd can't run"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("the end: power off"), std::string::npos) << ran.output;
}

}  // namespace
}  // namespace supd::machine

/// Units with a terminal of their own, and what signals to supd do.

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "daemon/signal_watch.hpp"
#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

/// The other side of a pseudo-terminal: what a person at it sees and types.
class Screen {
 public:
  Screen() : fd_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(fd_.get());
    ::unlockpt(fd_.get());
  }
  [[nodiscard]] std::string path() const { return ::ptsname(fd_.get()); }
  void type(std::string_view text) const { ASSERT_EQ(::write(fd_.get(), text.data(), text.size()), ssize(text)); }
  /// Reads until `text` is on the screen; "" when it does not come.
  std::string await(std::string_view text) {
    auto end = std::chrono::steady_clock::now() + patience();
    while (seen_.find(text) == std::string::npos) {
      pollfd ready{fd_.get(), POLLIN, 0};
      if (std::chrono::steady_clock::now() > end || ::poll(&ready, 1, 1000) < 0) return "";
      char buffer[256];
      ssize_t got = (ready.revents & POLLIN) != 0 ? ::read(fd_.get(), buffer, sizeof buffer) : 0;
      if (got > 0) seen_.append(buffer, static_cast<std::size_t>(got));
    }
    return seen_;
  }

 private:
  static ssize_t ssize(std::string_view text) { return static_cast<ssize_t>(text.size()); }
  sys::UniqueFd fd_;
  std::string seen_;
};

struct Terminal : OnEachEngine {};

TEST_P(Terminal, a_unit_reads_and_writes_its_terminal_which_controls_it) {
  Screen screen;
  daemon.unit("shell",
              "terminal = '" + screen.path() +
                  "'\ncommand = ['sh', '-c', 'echo your name; read name; echo hello $name; echo bye >/dev/tty; "
                  "exec sleep 1000']\n[restart]\npolicy = 'never'\n");
  daemon.start();
  ASSERT_NE(screen.await("your name"), "");
  screen.type("supd\n");
  ASSERT_NE(screen.await("hello supd"), "");
  ASSERT_NE(screen.await("bye"), "") << "/dev/tty is its own";
  EXPECT_TRUE(daemon.log_lines("shell").empty());
  screen.type("\x03");  // Ctrl-C
  UnitEvent end = daemon.await("shell", State::failed);
  EXPECT_EQ(end.cause, "killed by SIGINT");
  daemon.stop();
}

TEST_P(Terminal, it_comes_back_on_the_same_terminal) {
  Screen screen;
  daemon.unit("getty", "terminal = '" + screen.path() +
                           "'\ncommand = ['sh', '-c', 'echo login $$ >/dev/tty; read name']\n[restart]\npolicy = "
                           "'always'\ndelay = '1ms'\n");
  daemon.start();
  ASSERT_NE(screen.await("login"), "");
  screen.type("somebody\n");
  daemon.await_run("getty", State::running, 2);
  std::string pid = std::to_string(daemon.status("getty").pid);
  ASSERT_NE(screen.await("login " + pid), "");
  daemon.stop();
}

TEST_P(Terminal, one_that_is_none_is_a_reason) {
  daemon.unit("shell", "terminal = '/dev/null'\ncommand = ['sh']\n[restart]\npolicy = 'never'\n");
  daemon.unit("other", "terminal = '/no/such'\ncommand = ['sh']\n[restart]\npolicy = 'never'\n");
  daemon.start();
  EXPECT_EQ(daemon.await("shell", State::failed).cause, "could not start (terminal: Inappropriate ioctl for device)");
  EXPECT_EQ(daemon.await("other", State::failed).cause, "could not start (terminal: No such file or directory)");
  daemon.stop();
}

struct ToldBySignal : OnEachEngine {};

TEST_P(ToldBySignal, no_signal_without_a_use_ends_supd) {
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start();
  daemon.await("web", State::running);
  for (int signal : watched_signals()) {
    if (default_use(signal) == config::SignalUse::ignore) daemon.process().signal(signal);
  }
  EXPECT_EQ(daemon.status("web").state, State::running);
  daemon.stop();
}

TEST_P(ToldBySignal, SIGQUIT_and_SIGPWR_stop_in_order_too) {
  for (int signal : {SIGQUIT, SIGPWR, SIGINT}) {
    Daemon each(GetParam());
    each.unit("web", "command = ['sleep', '1000']\n");
    each.start();
    each.await("web", State::running);
    each.stop(signal);
  }
}

SUPD_ON_EACH_ENGINE(Terminal);
SUPD_ON_EACH_ENGINE(ToldBySignal);

}  // namespace
}  // namespace supd::integration

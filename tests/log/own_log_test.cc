#include "daemon/log/own_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>

#include "daemon/io/engine.hpp"

namespace supd::log {
namespace {

/// What `speak` writes to stderr in a process of its own (there is one own log per process). The pipe is
/// read only after its end.
std::string said(const std::function<void()>& speak) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe";
  pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    speak();
    ::_exit(0);
  }
  ::close(ends[1]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  std::string out;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    out.append(buffer.data(), static_cast<std::size_t>(n));
  }
  ::close(ends[0]);
  return out;
}

TEST(OwnLog, One_line_per_message_with_its_level) {
  EXPECT_EQ(said([] {
              debug("not shown");
              info("started");
              warn("careful");
              error("broken\nin two \x1b[31m{}%s");
            }),
            "supd: started\nsupd: warning: careful\nsupd: error: broken\\nin two \\x1b[31m{}%s\n");
}

TEST(OwnLog, Levels) {
  EXPECT_EQ(said([] {
              set_level(Level::debug);
              debug("shown");
              set_level(Level::error);
              warn("hidden");
              if (would_log(Level::warn)) ::_exit(1);
            }),
            "supd: debug: shown\n");
  for (Level level : {Level::debug, Level::info, Level::warn, Level::error}) EXPECT_EQ(level_of(word(level)), level);
  EXPECT_FALSE(level_of("loud").has_value());
}

TEST(OwnLog, L11_P8_a_stalled_reader_never_blocks_it) {
  std::string out = said([] {
    for (int i = 0; i < 20'000; ++i) info("a message of some length, again and again");
    if (own_log_dropped() == 0) ::_exit(1);
  });
  EXPECT_GT(out.size(), 4096U);
}

TEST(OwnLog, L10_a_closed_stderr_is_no_error) {
  EXPECT_EQ(said([] {
              ::close(STDERR_FILENO);
              info("into the void");
              if (own_log_dropped() != 1) ::_exit(1);
            }),
            "");
}

TEST(OwnLog, With_a_loop_the_loop_writes) {
  EXPECT_EQ(said([] {
              auto made = io::make_loop(io::Engine::epoll);
              if (!made) ::_exit(1);
              info("one");
              attach(*made->loop);
              info("two");
              info("three");
              while (!own_log_idle()) made->loop->turn();
              detach();
              info("four");
            }),
            "supd: one\nsupd: two\nsupd: three\nsupd: four\n");
}

}  // namespace
}  // namespace supd::log

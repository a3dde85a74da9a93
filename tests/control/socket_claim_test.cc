// The socket's path: leftovers, other daemons, and what is not ours (C3).

#include "daemon/control/socket_claim.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/control/unix_socket.hpp"
#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

class SocketClaims : public testing::Test {
 protected:
  ScratchDirectory scratch;
  std::string path = scratch.path() + "/control.sock";

  [[nodiscard]] std::string refusal(const std::string& at) const {
    auto claim = SocketClaim::take(at, 0600);
    EXPECT_FALSE(claim.has_value());
    return claim ? "" : claim.error().text();
  }
  [[nodiscard]] static mode_t mode_of(const std::string& file) {
    struct stat there {};
    return ::stat(file.c_str(), &there) == 0 ? there.st_mode & 07777 : 0;
  }
};

TEST_F(SocketClaims, takes_the_path_and_leaves_nothing_behind) {
  {
    auto claim = SocketClaim::take(path, 0600);
    ASSERT_TRUE(claim.has_value()) << claim.error().text();
    EXPECT_EQ(mode_of(path), 0600U);
    EXPECT_TRUE(connect_unix(path).has_value());
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST_F(SocketClaims, the_mode_does_not_depend_on_the_umask) {
  for (mode_t mask : {0U, 022U, 0777U}) {
    for (mode_t mode : {0600U, 0666U}) {
      mode_t before = ::umask(mask);
      auto claim = SocketClaim::take(path, mode);
      ::umask(before);
      ASSERT_TRUE(claim.has_value()) << claim.error().text();
      EXPECT_EQ(mode_of(path), mode);
    }
  }
}

TEST_F(SocketClaims, missing_directories_are_made) {
  mode_t before = ::umask(0077);
  auto claim = SocketClaim::take(scratch.path() + "/run//supd/control.sock", 0600);
  ::umask(before);
  ASSERT_TRUE(claim.has_value()) << claim.error().text();
  for (const char* made : {"/run", "/run/supd"}) {
    EXPECT_EQ(mode_of(scratch.path() + made), ::geteuid() == 0 ? 0755U : 0700U) << made;
  }
  EXPECT_NE(refusal("/dev/null/b/control.sock").find("mkdir /dev/null/b: Not a directory"), std::string::npos)
      << refusal("/dev/null/b/control.sock");
}

TEST_F(SocketClaims, C3_two_daemons_the_second_says_which_pid_holds_it) {
  auto claim = SocketClaim::take(path, 0600);
  ASSERT_TRUE(claim.has_value());
  std::string expected = "another supd (pid " + std::to_string(::getpid()) + ") holds " + path;
  EXPECT_EQ(refusal(path), expected);
  // Also when somebody has cleaned up the lock file.
  ASSERT_EQ(::unlink((path + ".lock").c_str()), 0);
  EXPECT_EQ(refusal(path), expected);
  EXPECT_TRUE(connect_unix(path).has_value()) << "the first one must not have lost its socket";
}

TEST_F(SocketClaims, C3_a_stale_socket_file_is_replaced) {
  pid_t pid = ::fork();
  if (pid == 0) {
    auto claim = SocketClaim::take(path, 0600);
    ::_exit(claim.has_value() ? 0 : 1);  // no destructor runs: as if killed
  }
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_EQ(status, 0);
  ASSERT_TRUE(std::filesystem::exists(path));
  auto claim = SocketClaim::take(path, 0600);
  EXPECT_TRUE(claim.has_value()) << claim.error().text();
  EXPECT_TRUE(connect_unix(path).has_value());
}

TEST_F(SocketClaims, what_is_no_stale_socket_is_never_removed) {
  std::ofstream(path) << "precious";
  EXPECT_NE(refusal(path).find("something that is no socket is there"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path), 8U);
  std::filesystem::remove(path);

  std::filesystem::create_directory(path);
  EXPECT_NE(refusal(path).find("no socket"), std::string::npos);
  std::filesystem::remove(path);

  std::ofstream(scratch.path() + "/target") << "precious";
  std::filesystem::create_symlink("target", path);
  EXPECT_NE(refusal(path).find("no socket"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  EXPECT_EQ(std::filesystem::file_size(scratch.path() + "/target"), 8U);
}

TEST_F(SocketClaims, a_lock_file_that_is_a_symlink_is_not_followed) {
  std::filesystem::create_symlink(scratch.path() + "/elsewhere", path + ".lock");
  EXPECT_NE(refusal(path).find("open"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(scratch.path() + "/elsewhere"));
}

TEST_F(SocketClaims, a_path_that_is_too_long_is_said_to_be) {
  EXPECT_NE(refusal("/" + std::string(120, 'x')).find("1 to 107 bytes"), std::string::npos);
}

TEST_F(SocketClaims, a_socket_that_somebody_else_put_there_is_left_alone_at_the_end) {
  auto claim = SocketClaim::take(path, 0600);
  ASSERT_TRUE(claim.has_value());
  ASSERT_EQ(::unlink(path.c_str()), 0);
  auto other = listen_unix(path, 0600);
  ASSERT_TRUE(other.has_value());
  static_cast<void>(claim->give_up());
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(SocketClaims, C3_of_many_daemons_that_start_at_once_exactly_one_wins) {
  for (int round = 0; round < 20; ++round) {
    int gate[2] = {-1, -1}, done[2] = {-1, -1};
    ASSERT_EQ(::pipe(gate), 0);
    ASSERT_EQ(::pipe(done), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
      pid_t pid = ::fork();
      if (pid == 0) {
        char byte = 0;
        ::close(gate[1]);
        ::close(done[1]);
        [[maybe_unused]] ssize_t opened = ::read(gate[0], &byte, 1);  // the end: all start together
        auto claim = SocketClaim::take(path, 0600);
        if (claim) [[maybe_unused]]
          ssize_t held = ::read(done[0], &byte, 1);
        bool won = claim.has_value();
        if (won) static_cast<void>(claim->give_up());
        ::_exit(won ? 0 : 1);
      }
      children.push_back(pid);
    }
    ::close(gate[1]);
    int winners = 0;
    // The losers end at once; the winner holds on until all of them are gone.
    for (std::size_t i = 0; i + 1 < children.size(); ++i) {
      int status = 0;
      ::wait(&status);
      winners += status == 0 ? 1 : 0;
    }
    ::close(done[1]);
    int status = 1;
    ::wait(&status);
    winners += status == 0 ? 1 : 0;
    ::close(gate[0]);
    ::close(done[0]);
    EXPECT_EQ(winners, 1) << "round " << round;
    EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
  }
}

}  // namespace
}  // namespace supd::control

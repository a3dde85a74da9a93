#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "daemon/sys/spawn.hpp"
#include "tests/sys/child.hpp"
#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

using test::request_for;

/// A directory with a file for every way in which exec can fail.
class SpawnFailures : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "supd-spawn-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, const std::string& text, mode_t mode) {
    std::string path = directory_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  static SpawnFailure failure_of(const std::string& command, const char* search_path = nullptr,
                                 const char* directory = nullptr) {
    std::vector<const char*> argv{command.c_str(), "exit", "0", nullptr};
    sys::SpawnRequest request = request_for(argv);
    request.search_path = search_path;
    request.directory = directory;
    return failure_of(request);
  }
  static SpawnFailure failure_of(const sys::SpawnRequest& request) {
    auto spawned = sys::spawn(request);
    if (!spawned) {
      EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "the failed child was left behind";
      return spawned.error();
    }
    (void)test::wait_and_reap(spawned->pid);
    return {};
  }
  static constexpr SpawnFailure exec(int error) { return {SpawnStage::exec, error}; }

  std::string directory_;
};

TEST_F(SpawnFailures, R6_ENOENT_no_such_program) {
  EXPECT_EQ(failure_of("/nonexistent/program"), exec(ENOENT));
  EXPECT_EQ(failure_of(""), exec(ENOENT));
}

TEST_F(SpawnFailures, R6_ENOENT_no_such_interpreter) {
  constexpr SpawnFailure no_interpreter{SpawnStage::interpreter, ENOENT};
  std::string script = file("script", "#!/nonexistent/interpreter -x\n", 0755);
  EXPECT_EQ(failure_of(script), no_interpreter);
  EXPECT_EQ(failure_of(file("of_a_script", "#! " + script + "\n", 0755)), no_interpreter);
  EXPECT_EQ(failure_of("script", ("/nonexistent:" + directory_).c_str()), no_interpreter);
  EXPECT_EQ(failure_of("no_script", ("/nonexistent:" + directory_).c_str()), exec(ENOENT));
}

TEST_F(SpawnFailures, R6_says_which_interpreter_is_missing) {
  std::string script = file("script", "#!\t/bin/sh\r\n", 0755), missing;  // written by an editor of another system
  std::string outer = file("outer", "#!" + script + "\n", 0755);
  std::vector<const char*> argv{outer.c_str(), nullptr};
  sys::SpawnRequest request = request_for(argv);
  request.missing = &missing;
  EXPECT_EQ(failure_of(request), (SpawnFailure{SpawnStage::interpreter, ENOENT}));
  EXPECT_EQ(missing, outer + " is there, but not the interpreter (#!) or dynamic loader that it names: /bin/sh\r");
}

TEST_F(SpawnFailures, R6_EACCES_not_executable) {
  EXPECT_EQ(failure_of(file("plain", "#!/bin/sh\n", 0644)), exec(EACCES));
  EXPECT_EQ(failure_of(directory_), exec(EACCES));
}

TEST_F(SpawnFailures, R6_ENOEXEC_no_shell_is_ever_started_for_a_file_without_a_header) {
  EXPECT_EQ(failure_of(file("text", "echo never\n", 0755)), exec(ENOEXEC));
  EXPECT_EQ(failure_of(file("empty", "", 0755)), exec(ENOEXEC));
}

TEST_F(SpawnFailures, R6_ETXTBSY_somebody_is_writing_to_it) {
  std::string path = directory_ + "/busy";
  std::filesystem::copy_file(test::inherited_program(), path);
  sys::UniqueFd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(writer.valid());
  EXPECT_EQ(failure_of(path), exec(ETXTBSY));
  writer.reset();
  EXPECT_EQ(failure_of(path), SpawnFailure{});
}

TEST_F(SpawnFailures, R6_E2BIG_arguments_too_long) {
  std::string huge(256 * 1024, 'x');  // one string may have 128 KiB
  std::vector<const char*> argv{test::inherited_program(), huge.c_str(), nullptr};
  EXPECT_EQ(failure_of(request_for(argv)), exec(E2BIG));
}

TEST_F(SpawnFailures, R6_the_directory_is_missing_or_no_directory) {
  EXPECT_EQ(failure_of(test::inherited_program(), nullptr, "/nonexistent"),
            (SpawnFailure{SpawnStage::directory, ENOENT}));
  std::string plain = file("plain", "", 0644);
  EXPECT_EQ(failure_of(test::inherited_program(), nullptr, plain.c_str()),
            (SpawnFailure{SpawnStage::directory, ENOTDIR}));
}

TEST_F(SpawnFailures, R6_the_directory_is_closed_to_the_user) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can change users: run the tests as root";
  ::chmod(directory_.c_str(), 0700);
  RunAsSpec who;
  who.set_uid = who.set_gid = true;
  who.uid = who.gid = 65534;
  std::vector<const char*> argv{test::inherited_program(), "exit", "0", nullptr};
  sys::SpawnRequest request = request_for(argv);
  request.run_as = &who;
  request.directory = directory_.c_str();
  EXPECT_EQ(failure_of(request), (SpawnFailure{SpawnStage::directory, EACCES}));
}

TEST_F(SpawnFailures, R6_limits_and_priority_that_are_refused) {
  LimitSpec limits;
  limits.rlimits = {{RLIMIT_NOFILE, 10, 5}};  // soft above hard
  std::vector<const char*> argv{test::inherited_program(), "exit", "0", nullptr};
  sys::SpawnRequest request = request_for(argv);
  request.limits = &limits;
  EXPECT_EQ(failure_of(request), (SpawnFailure{SpawnStage::limits, EINVAL}));
}

TEST_F(SpawnFailures, R6_an_fd_that_is_not_open) {
  std::vector<const char*> argv{test::inherited_program(), "exit", "0", nullptr};
  sys::SpawnRequest request = request_for(argv);
  request.stdout_fd = 19999;
  EXPECT_EQ(failure_of(request), (SpawnFailure{SpawnStage::prepare, EBADF}));
}

TEST_F(SpawnFailures, search_finds_a_name_in_the_path_after_directories_that_have_none) {
  std::filesystem::copy_file(test::inherited_program(), directory_ + "/tool");
  std::string path = "/nonexistent:/dev/null:" + std::string(5000, 'x') + ":" + directory_;
  EXPECT_EQ(failure_of("tool", path.c_str()), SpawnFailure{});
  EXPECT_EQ(failure_of("tool", "/nonexistent:/usr"), exec(ENOENT));
  EXPECT_EQ(failure_of("tool", ""), exec(ENOENT)) << "an empty path is the working directory";
  EXPECT_EQ(failure_of("tool", "", directory_.c_str()), SpawnFailure{});
  EXPECT_EQ(failure_of("./tool", "/usr/bin", directory_.c_str()), SpawnFailure{}) << "a path is not searched for";
}

TEST_F(SpawnFailures, search_says_EACCES_when_a_match_could_not_be_run_and_prefers_one_that_can) {
  std::filesystem::create_directory(directory_ + "/first");
  file("first/tool", "#!/bin/sh\n", 0644);
  std::string first = directory_ + "/first";
  EXPECT_EQ(failure_of("tool", (first + ":/nonexistent").c_str()), exec(EACCES));
  std::filesystem::copy_file(test::inherited_program(), directory_ + "/tool");
  EXPECT_EQ(failure_of("tool", (first + ":" + directory_).c_str()), SpawnFailure{});
}

TEST_F(SpawnFailures, search_ends_at_a_match_that_is_broken) {
  file("tool", "no header\n", 0755);
  EXPECT_EQ(failure_of("tool", (directory_ + ":/usr/bin").c_str()), exec(ENOEXEC));
}

/// Limits that must not touch the test program itself: in a process of its own.
TEST_F(SpawnFailures, C4_EMFILE_is_said_before_there_is_a_child) {
  EXPECT_EQ(test::in_child([] {
              (void)sys::reserve_spawn_slots();
              rlimit none{0, 0};
              ::setrlimit(RLIMIT_NOFILE, &none);
              return failure_of(test::inherited_program()) == SpawnFailure{SpawnStage::clone, EMFILE};
            }),
            "true");
}

TEST_F(SpawnFailures, R6_EAGAIN_no_process_can_be_made) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs a user of its own without processes: run the tests as root";
  EXPECT_EQ(test::in_child([] {
              rlimit none{0, 0};
              ::setrlimit(RLIMIT_NPROC, &none);
              if (::setresuid(64123, 64123, 64123) != 0) return false;
              return failure_of(test::inherited_program()) == SpawnFailure{SpawnStage::clone, EAGAIN};
            }),
            "true");
}

TEST_F(SpawnFailures, R6_users_and_groups_that_may_not_be_taken) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to become an unprivileged user: run the tests as root";
  EXPECT_EQ(test::in_child([] {
              if (::setresuid(64123, 64123, 64123) != 0) return false;
              std::vector<const char*> argv{test::inherited_program(), "exit", "0", nullptr};
              sys::SpawnRequest request = request_for(argv);
              RunAsSpec user, group, groups;
              user.set_uid = group.set_gid = groups.set_groups = true;
              group.gid = 12345;
              groups.gids = {1, 2};
              request.run_as = &user;
              bool ok = failure_of(request) == SpawnFailure{SpawnStage::uid, EPERM};
              request.run_as = &group;
              ok = ok && failure_of(request) == SpawnFailure{SpawnStage::gid, EPERM};
              request.run_as = &groups;
              return ok && failure_of(request) == SpawnFailure{SpawnStage::groups, EPERM};
            }),
            "true");
}

TEST_F(SpawnFailures, C6_an_unprivileged_supd_may_name_its_own_user) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to become an unprivileged user: run the tests as root";
  EXPECT_EQ(test::in_child([] {
              std::array<gid_t, 2> own{100, 101};
              if (::setgroups(own.size(), own.data()) != 0 || ::setresuid(64123, 64123, 64123) != 0) return false;
              RunAsSpec self;
              self.set_uid = self.set_groups = true;
              self.uid = 64123;
              self.gids = {101, 100};
              std::vector<const char*> argv{test::inherited_program(), "exit", "0", nullptr};
              sys::SpawnRequest request = request_for(argv);
              request.run_as = &self;
              return failure_of(request) == SpawnFailure{};
            }),
            "true");
}

}  // namespace
}  // namespace supd

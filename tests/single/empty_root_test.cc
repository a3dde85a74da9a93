/// The static build in a root directory that holds the two programs and one static service, and nothing else: no
/// /proc, no /dev, no /etc, no library.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/integration/program.hpp"
#include "tests/integration/scratch.hpp"
#include "tests/single/subject.hpp"

namespace supd::test {
namespace {

using Words = std::vector<std::string>;

std::string static_build() {
  const char* given = std::getenv("SUPD_STATIC_BUILD");
  return given != nullptr ? given : STATIC_BUILD_ROOT;
}

struct EmptyRoot : testing::TestWithParam<std::string> {
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can change the root directory";
    for (const auto& [from, name] :
         {std::pair{static_build() + "/daemon/supd", "supd"}, std::pair{static_build() + "/ctl/supctl", "supctl"},
          std::pair{std::string(WITNESS_PROGRAM), "witness"}}) {
      if (!std::filesystem::exists(from)) {
        GTEST_SKIP() << "there is no " << from << "; make it: meson setup build-static -Dstatic=true -Dtests=false && "
                     << "ninja -C build-static";
      }
      std::filesystem::copy_file(from, root.file(name));
    }
    integration::adopt_orphans();
    how.before = [path = root.path()] {
      if (::chroot(path.c_str()) != 0 || ::chdir("/") != 0) ::_exit(124);
    };
  }
  void TearDown() override { EXPECT_EQ(integration::sweep_children(), Words{}); }

  /// What a program prints, and how it ends.
  std::string run(const std::string& program, const Words& arguments, const std::string& until = "") {
    how.program = root.file(program);
    Subject subject(arguments, how);
    std::string out;
    while (true) {
      std::string line = subject.line();
      if (line == "(end)" || line == "(nothing)") return out + subject.end();
      out += line + "\n";
      if (!until.empty() && line.find(until) != std::string::npos) return out;
    }
  }
  std::string supctl(Words arguments, const std::string& until = "") {
    Words words{"--socket", "/control.sock"};
    for (auto& word : arguments) words.push_back(std::move(word));
    return run("supctl", words, until);
  }

  integration::Scratch root;
  How how;
};

TEST_P(EmptyRoot, P12_a_service_is_started_watched_and_stopped) {
  std::filesystem::create_directory(root.file("units"));
  root.write("units/web.toml", "command = ['/witness', '1']\n");
  ::chmod(root.file("units").c_str(), 0755);
  how.program = root.file("supd");
  Subject supd({"-c", "/units", "--socket", "/control.sock", "--log-dir", "/logs", "--state-dir", "/state", "--engine",
                GetParam(), "--ready-fd", "1"},
               how);
  std::string line = supd.line();
  while (!line.empty() && line != "(end)" && line != "(nothing)") line = supd.line();  // the newline of --ready-fd
  std::string started = supctl({"start", "web"});
  EXPECT_NE(started.find("exited 0"), std::string::npos) << started;
  std::string status = supctl({"status", "web"});
  EXPECT_NE(status.find("running"), std::string::npos) << status;
  std::string logs = supctl({"logs", "-f", "web"}, "ready");
  EXPECT_NE(logs.find("ready"), std::string::npos) << logs;
  std::string stopped = supctl({"stop", "web"});
  EXPECT_NE(stopped.find("exited 0"), std::string::npos) << stopped;
  EXPECT_NE(supctl({"logs", "-f", "web"}, "signal 15").find("signal 15"), std::string::npos);
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.end(), "exited 0");
}

// As in an image that was made FROM scratch: `docker exec CONTAINER /supctl status`.
TEST_P(EmptyRoot, supctl_finds_supd_without_being_told_where) {
  std::filesystem::create_directory(root.file("units"));
  root.write("units/web.toml", "command = ['/witness', '1']\n");
  ::chmod(root.file("units").c_str(), 0755);
  how.program = root.file("supd");
  how.init = true;
  Subject supd({"-c", "/units", "--engine", GetParam()}, how);
  static_cast<void>(supd.line_with("web | ready"));
  how.init = false;
  std::string status = run("supctl", {"status", "web"});
  EXPECT_NE(status.find("running"), std::string::npos) << status;
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.end(), "exited 0");
}

INSTANTIATE_TEST_SUITE_P(On, EmptyRoot, testing::Values("uring", "epoll"), [](const auto& with) { return with.param; });

using EmptyRootSingle = EmptyRoot;

TEST_P(EmptyRootSingle, one_program) {
  how.program = root.file("supd");
  how.init = true;
  Subject supd({"--rewrite", "TERM:QUIT", "--", "/witness", "1"}, how);
  static_cast<void>(supd.line_with("ready"));
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.line(), "signal 3");
  EXPECT_EQ(supd.end(), "exited 0");
  EXPECT_EQ(run("supd", {"--", "/nowhere"}), "supd: can't run '/nowhere': No such file or directory\nexited 127");
}

INSTANTIATE_TEST_SUITE_P(On, EmptyRootSingle, testing::Values("no_engine"),
                         [](const auto& with) { return with.param; });

}  // namespace
}  // namespace supd::test

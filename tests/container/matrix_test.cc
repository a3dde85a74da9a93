// P12, C5, C6: several services in a container, in all combinations of what containers take away.

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/container/contained.hpp"

namespace supd::container {
namespace {

struct Poverty {
  bool nobody = false, read_only = false, no_proc = false, no_run = false, no_caps = false, docker = false,
       no_pidfd = false;
};

struct Word {
  bool Poverty::*what;
  const char* name;
  std::vector<std::string> option;
};

const std::vector<Word>& words() {
  static const std::vector<Word> all{
      {&Poverty::nobody, "nobody", {"--uid", "65534"}}, {&Poverty::read_only, "readonly", {"--read-only"}},
      {&Poverty::no_proc, "noproc", {"--no-proc"}},     {&Poverty::no_run, "norun", {"--no-run"}},
      {&Poverty::no_caps, "nocaps", {"--no-caps"}},     {&Poverty::docker, "docker", {"--docker"}},
      {&Poverty::no_pidfd, "nopidfd", {"--no-pidfd"}}};
  return all;
}

Poverty poverty_of(int bits) {
  Poverty poverty;
  for (std::size_t i = 0; i < words().size(); ++i) poverty.*words()[i].what = (bits >> i & 1) != 0;
  return poverty;
}

std::string name_of(const testing::TestParamInfo<int>& bits) {
  std::string name;
  for (const Word& word : words()) {
    if (poverty_of(bits.param).*word.what) name += (name.empty() ? "" : "_") + std::string(word.name);
  }
  return name.empty() ? "rich" : name;
}

std::vector<std::string> options_of(const Poverty& poverty) {
  std::vector<std::string> options;
  for (const Word& word : words()) {
    if (poverty.*word.what) options.insert(options.end(), word.option.begin(), word.option.end());
  }
  return options;
}

struct Matrix : testing::TestWithParam<int> {
  void SetUp() override {
    if (std::string why = missing_box(); !why.empty()) GTEST_SKIP() << "SKIP: " << why << ": run as root";
#ifdef __SANITIZE_ADDRESS__
    if (poverty.no_proc) GTEST_SKIP() << "SKIP: the sanitizer's runtime needs /proc; the build without it runs this";
#endif
  }

  /// Users without $XDG_RUNTIME_DIR have theirs in /tmp.
  [[nodiscard]] bool no_socket() const { return poverty.read_only || (poverty.no_run && !poverty.nobody); }

  Poverty poverty = poverty_of(GetParam());
  Contained box{options_of(poverty)};
};

/// The lines that supd itself wrote more than once.
std::string said_twice(const std::string& output) {
  std::map<std::string, int> lines;
  std::istringstream in(output);
  std::string twice;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("supd: ") && ++lines[line] == 2) twice += line + "\n";
  }
  return twice;
}

TEST_P(Matrix, P12_C5_C6_services_run_and_the_main_program_decides) {
  box.file("db.toml", polite);
  box.file("web.toml", std::string(polite) + "[depends]\nrequires = ['db']\n");
  box.file("main.toml", "[depends]\nrequires = ['web']\n");
  for (std::string engine : {"auto", "epoll"}) {
    SCOPED_TRACE(engine);
    // Both have said so before the program ends.
    std::string look = supctl() + " status web >/dev/null 2>&1; echo control $?; sleep 0.1; exit 3";
    auto ran = box.run(look, {"--engine", engine});
    EXPECT_EQ(ran.exit.status, 3) << ran.output;
    for (const char* line : {"db | up", "web | up", "web | stops", "db | stops"}) {
      EXPECT_EQ(count(ran.output, line), 1U) << line << " in\n" << ran.output;
    }
    EXPECT_LT(ran.output.find("web | stops"), ran.output.find("db | stops")) << ran.output;
    EXPECT_NE(ran.output.find(no_socket() ? "main | control 5" : "main | control 0"), std::string::npos) << ran.output;
    EXPECT_EQ(said_twice(ran.output), "") << ran.output;
    bool without_ring = ran.output.find("io_uring: multishot reads and waitid work") == std::string::npos;
    EXPECT_EQ(without_ring, poverty.docker || engine == "epoll") << ran.output;
  }
}

TEST_P(Matrix, P12_S4_told_to_stop_it_stops_with_0) {
  box.file("db.toml", polite);
  auto ran = box.run("trap 'echo told; exit 9' TERM; kill -TERM 1; while :; do sleep 1000 & wait; done");
  EXPECT_EQ(ran.exit.status, 0) << ran.output;
  EXPECT_NE(ran.output.find("main | told"), std::string::npos) << ran.output;
}

INSTANTIATE_TEST_SUITE_P(Container, Matrix, testing::Range(0, 64), name_of);
// Of older profiles: alone, in the usual company, where /proc can't take a pidfd's place, and in the poorest of all.
INSTANTIATE_TEST_SUITE_P(OlderContainer, Matrix, testing::Values(64, 64 + 32, 64 + 32 + 4, 127), name_of);

}  // namespace
}  // namespace supd::container

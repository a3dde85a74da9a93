#include "ctl/logs/run_choice.hpp"

#include <gtest/gtest.h>

#include "tests/ctl_logs/log_folder.hpp"

namespace supd::ctl::logs::test {
namespace {

using Texts = std::vector<std::string>;

struct Runs : testing::Test {
  LogFolder folder;
  std::int64_t time_us = noon;
  void run(int number, int pid, const std::vector<std::string>& lines) {
    folder.note(++time_us, "run " + std::to_string(number) + ", pid " + std::to_string(pid));
    for (const std::string& line : lines) folder.print(++time_us, line);
  }
  [[nodiscard]] Texts of(std::int64_t wanted, std::uint64_t current) const {
    Selection selection{.run = wanted};
    UnitLog::About about = folder.about();
    about.run = current;
    UnitLog log(about, selection);
    EXPECT_TRUE(log.open().has_value());
    log.start_at_selection();
    Texts out = texts(log);
    std::erase_if(out, [](const std::string& text) { return text.starts_with("run "); });
    return out;
  }
};

TEST_F(Runs, by_number_and_from_the_last_one_back) {
  run(1, 10, {"a"});
  run(2, 11, {"b", "c"});
  folder.rotate(noon + 100);
  run(3, 12, {"d"});
  EXPECT_EQ(of(0, 3), Texts{"d"});
  EXPECT_EQ(of(-1, 3), (Texts{"b", "c"}));
  EXPECT_EQ(of(-2, 3), Texts{"a"});
  EXPECT_EQ(of(-3, 3), Texts{});
  EXPECT_EQ(of(2, 3), (Texts{"b", "c"}));
  EXPECT_EQ(of(7, 3), Texts{});
  EXPECT_EQ(of(0, 0), Texts{"d"}) << "without supd the last one that is in the log";
}

TEST_F(Runs, one_that_has_not_said_anything_yet_counts) {
  run(1, 10, {"a"});
  EXPECT_EQ(of(0, 2), Texts{});
  EXPECT_EQ(of(-1, 2), Texts{"a"});
}

TEST_F(Runs, late_words_of_one_belong_to_it) {
  run(1, 10, {"a"});
  run(2, 11, {"b"});
  run(1, 10, {"late"});
  run(2, 11, {"c"});
  EXPECT_EQ(of(1, 2), (Texts{"a", "late"}));
  EXPECT_EQ(of(0, 2), (Texts{"b", "c"}));
}

TEST_F(Runs, numbers_that_begin_anew_mean_the_newest) {
  run(1, 10, {"old"});
  run(1, 99, {"new"});
  EXPECT_EQ(of(1, 1), Texts{"new"});
  EXPECT_EQ(of(-1, 1), Texts{"old"});
}

TEST_F(Runs, a_log_without_a_marker_is_of_the_run_that_supd_names) {
  folder.print(noon, "x");
  EXPECT_EQ(of(0, 5), Texts{"x"});
  EXPECT_EQ(of(5, 5), Texts{"x"});
  EXPECT_EQ(of(4, 5), Texts{});
  EXPECT_EQ(of(-1, 5), Texts{});
}

TEST_F(Runs, L4_a_child_can_not_forge_a_marker) {
  run(1, 10, {"run 2, pid 11", "x"});
  EXPECT_EQ(of(2, 1), Texts{});
}

}  // namespace
}  // namespace supd::ctl::logs::test

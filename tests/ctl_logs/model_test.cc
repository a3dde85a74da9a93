/// Random logs with random rotation and compression: whatever is asked, the answer is what a list of the records says.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "ctl/logs/merge.hpp"
#include "ctl/logs/tail_start.hpp"
#include "tests/ctl_logs/log_folder.hpp"

namespace supd::ctl::logs::test {
namespace {

using Texts = std::vector<std::string>;

struct Line {
  std::int64_t time_us;
  std::string text;
};

/// One unit's log, on disk and as a list.
class Model {
 public:
  explicit Model(std::mt19937& random) : random_(random) {}

  void grow(const std::string& name, int count) {
    for (int i = 0; i < count; ++i) {
      time_us_ += pick(3) * 500'000;
      if (pick(50) == 0) time_us_ -= pick(20) * second;  // the clock is set back
      std::string text = name + std::to_string(lines_.size()) + std::string(static_cast<std::size_t>(pick(80)), '.');
      if (pick(40) == 0) text.append(40'000, 'x');
      folder.print(time_us_, text, pick(2) == 0);
      lines_.push_back({time_us_, text});
      if (pick(30) == 0) rotate();
    }
  }
  [[nodiscard]] Texts wanted(const Selection& selection) const {
    Texts out;
    for (const Line& line : lines_) {
      if (selection.accepts({.time_us = line.time_us, .text = line.text})) out.push_back(line.text);
    }
    return out;
  }
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  [[nodiscard]] std::int64_t some_time() {
    return lines_[static_cast<std::size_t>(pick(static_cast<int>(lines_.size())))].time_us;
  }

  LogFolder folder;

 private:
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  void rotate() {
    closed_us_ = std::max(closed_us_ + 1, time_us_);
    folder.rotate(closed_us_);
    int form = pick(3);
    if (form == 1 && SUPD_HAS_GZIP != 0) folder.compress(closed_us_, Compression::gzip);
    if (form == 2 && SUPD_HAS_ZSTD != 0) folder.compress(closed_us_, Compression::zstd);
  }

  std::mt19937& random_;
  std::vector<Line> lines_;
  std::int64_t time_us_ = noon, closed_us_ = 0;
};

Texts last(Texts all, std::size_t count) {
  if (all.size() > count) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(count));
  return all;
}

Texts read(const Model& model, const Selection& selection, std::optional<std::size_t> count) {
  UnitLog log(model.folder.about(), selection);
  EXPECT_TRUE(log.open().has_value());
  std::vector<UnitLog*> logs{&log};
  count ? start_at_last(logs, nullptr, *count, false) : log.start_at_selection();
  log.stop_at_size();
  Texts out = texts(log);
  EXPECT_EQ(log.troubles().missing, 0U);
  for (const Error& error : log.troubles().errors) ADD_FAILURE() << error.text();
  return out;
}

class RandomLogs : public testing::TestWithParam<unsigned> {};

TEST_P(RandomLogs, are_read_back_as_a_whole_from_the_end_and_by_time) {
  std::mt19937 random(GetParam());
  Model model(random);
  model.grow("", 400);
  Selection everything;
  EXPECT_EQ(read(model, everything, std::nullopt), model.wanted(everything));
  for (std::size_t count : {0U, 1U, 7U, 100U, 399U, 400U, 500U}) {
    EXPECT_EQ(read(model, everything, count), last(model.wanted(everything), count)) << count;
  }
  for (int i = 0; i < 5; ++i) {
    Selection some{.since_us = model.some_time()};
    EXPECT_EQ(read(model, some, std::nullopt), model.wanted(some));
    EXPECT_EQ(read(model, some, 20), last(model.wanted(some), 20));
    some.until_us = model.some_time();
    EXPECT_EQ(read(model, some, std::nullopt), model.wanted(some));
    Selection grepped{.grep = Pattern::compile("[37]\\.*$", false).value()};
    EXPECT_EQ(read(model, grepped, std::nullopt), model.wanted(grepped));
    EXPECT_EQ(read(model, grepped, 5), last(model.wanted(grepped), 5));
  }
}

TEST_P(RandomLogs, of_several_units_are_merged_and_the_last_lines_of_all_are_what_the_merge_ends_with) {
  std::mt19937 random(GetParam());
  Model a(random), b(random), c(random);
  a.grow("a", 150);
  b.grow("b", 60);
  c.grow("c", 200);
  Selection everything;
  auto merged = [&](std::optional<std::size_t> count) {
    std::vector<std::unique_ptr<UnitLog>> owned;
    std::vector<UnitLog*> logs;
    for (const Model* model : {&a, &b, &c}) {
      owned.push_back(std::make_unique<UnitLog>(model->folder.about(), everything));
      EXPECT_TRUE(owned.back()->open().has_value());
      logs.push_back(owned.back().get());
    }
    if (count) start_at_last(logs, nullptr, *count, false);
    std::vector<RecordStream*> streams(logs.begin(), logs.end());
    Merge merge(streams);
    return texts(merge);
  };
  Texts all = merged(std::nullopt);
  EXPECT_EQ(all.size(), 410U);
  for (const Model* model : {&a, &b, &c}) {
    Texts of_it = all;
    std::erase_if(of_it, [&](const std::string& text) { return text[0] != model->lines()[0].text[0]; });
    EXPECT_EQ(of_it, model->wanted(everything)) << "each unit's own order is kept";
  }
  for (std::size_t count : {1U, 10U, 300U, 1000U}) EXPECT_EQ(merged(count).size(), std::min(count, std::size_t{410}));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomLogs, testing::Range(1U, 13U));

}  // namespace
}  // namespace supd::ctl::logs::test

/// Following one log through everything that happens to its files: no line is lost, none comes twice.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/ctl_logs/log_folder.hpp"

namespace supd::ctl::logs::test {
namespace {

using Texts = std::vector<std::string>;

struct Following : testing::Test {
  LogFolder folder;
  Selection everything;
  UnitLog log{folder.about(), everything};
  int printed = 0;

  void print() {
    ++printed;
    folder.print(noon + printed, std::to_string(printed));
  }
  void print(int count) {
    while (count-- > 0) print();
  }
  void open() {
    ASSERT_TRUE(log.open().has_value());
    log.forget_read_files();
  }
};

TEST_F(Following, L12_over_any_number_of_rotations) {
  print(3);
  open();
  EXPECT_EQ(follow(log), numbers(1, 3));
  print(2);
  for (std::int64_t i = 1; i <= 5; ++i) {
    folder.rotate(noon + 100 + i);
    print(2);
  }
  EXPECT_EQ(follow(log), numbers(4, 15));
  EXPECT_EQ(follow(log), Texts{});
  EXPECT_EQ(log.chain().files().size(), 1U) << "files that were read are let go of";
}

TEST_F(Following, what_came_into_the_old_file_before_the_new_one_was_begun_is_read_first) {
  print(1);
  open();
  EXPECT_EQ(follow(log), numbers(1, 1));
  print(1);
  folder.rotate(noon + 100);
  print(1);
  ASSERT_TRUE(log.chain().look().value());
  EXPECT_EQ(texts(log), numbers(2, 3));
}

TEST_F(Following, files_that_were_compressed_meanwhile_are_read_all_the_same) {
  if (SUPD_HAS_GZIP == 0 || SUPD_HAS_ZSTD == 0) GTEST_SKIP() << "SKIP: this build has no zlib or no libzstd";
  print(2);
  open();
  EXPECT_EQ(follow(log), numbers(1, 2));
  print(1);
  folder.rotate(noon + 100);
  print(2);
  folder.rotate(noon + 101);
  print(2);
  folder.rotate(noon + 102);
  folder.compress(noon + 100, Compression::zstd);
  folder.compress(noon + 101, Compression::gzip);
  print(1);
  EXPECT_EQ(follow(log), numbers(3, 8));
}

TEST_F(Following, files_that_were_removed_before_they_were_read_are_counted) {
  print(1);
  open();
  EXPECT_EQ(follow(log), numbers(1, 1));
  for (std::int64_t i = 1; i <= 3; ++i) {
    folder.rotate(noon + 100 + i);
    log.chain().note_closed(noon + 100 + i);
    print(1);
  }
  for (std::int64_t i = 1; i <= 3; ++i) folder.remove(noon + 100 + i);
  EXPECT_EQ(follow(log), numbers(4, 4));
  EXPECT_EQ(log.troubles().missing, 2U) << "the first one was read before it went";
}

TEST_F(Following, a_line_is_shown_when_it_is_whole_and_once) {
  open();
  folder.write("2026-11-23T12:00:00.000000Z o hal");
  EXPECT_EQ(follow(log), Texts{});
  folder.write("f\n2026-11-23T12:00:00.000000Z o t");
  EXPECT_EQ(follow(log), Texts{"half"});
  folder.write("wo\n");
  EXPECT_EQ(follow(log), Texts{"two"});
}

TEST_F(Following, L5_a_line_that_ends_a_closed_file_without_a_newline_is_shown_once) {
  print(1);
  folder.write("2026-11-23T12:00:00.000000Z o torn \xc3");
  open();
  EXPECT_EQ(follow(log), numbers(1, 1));
  folder.rotate(noon + 100);
  print(1);
  EXPECT_EQ(follow(log), (Texts{"torn \xc3", "2"}));
}

TEST_F(Following, L13_a_file_that_was_emptied_is_read_from_its_start) {
  print(5);
  open();
  EXPECT_EQ(follow(log), numbers(1, 5));
  std::filesystem::resize_file(folder.current(), 0);
  EXPECT_EQ(follow(log), Texts{});
  print(1);
  EXPECT_EQ(follow(log), numbers(6, 6));
}

TEST_F(Following, the_last_lines_join_what_comes_after_without_a_gap) {
  print(10);
  folder.rotate(noon + 100);
  print(3);
  open();
  Hit hit;
  BackReader back = log.back_reader(5);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(back.back(hit));
  print(2);
  folder.rotate(noon + 101);
  print(1);
  log.start_at(hit.at);
  EXPECT_EQ(follow(log), numbers(9, 16));
}

TEST_F(Following, from_the_end_of_a_log_that_is_not_there_yet) {
  open();
  log.start_at_end();
  EXPECT_EQ(follow(log), Texts{});
  print(2);
  EXPECT_EQ(follow(log), numbers(1, 2));
}

}  // namespace
}  // namespace supd::ctl::logs::test

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "daemon/log/file_sink.hpp"
#include "daemon/log/format/text_format.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/file_world.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

/// Files have their ages from the real clock, so that is where the clock of each test starts.
std::int64_t start_us = 0;
constexpr std::size_t record_bytes = 40;

/// A sink on a fake loop whose writes reach real files.
class FileRotation : public ::testing::Test, protected FileEvents {
 protected:
  FileRotation() { FakeWall::now_us = start_us = wall_clock_us(); }
  ~FileRotation() override { FakeWall::now_us = 0; }
  void on_file_failed(const std::string&, const Error& error) override { failures.push_back(error); }
  void on_file_resumed(const std::string&) override { ++resumed; }
  void on_rotation_failed(const std::string&, const Error& error) override { rotation_failures.push_back(error); }
  void on_compress_failed(const std::string&, const Error& error) override { failures.push_back(error); }
  void on_file_done(FileSink&) override {}

  void make(RotationSpec rules) { sink = std::make_unique<FileSink>(shared, FileSettings{path, rules}); }
  /// One record of 40 bytes that holds the number.
  void line(int number) {
    std::string text = std::to_string(number);
    text.insert(0, record_bytes - record_size({}) - text.size(), ' ');
    sink->append(FakeWall::now_us, stamper.text(FakeWall::now_us), Stream::out, {text, LineEnd::newline});
  }
  void flush(bool urgent) {
    sink->flush(urgent);
    loop.run_jobs();
  }
  void run() {
    flush(true);
    carry_out_writes(loop);
  }
  void lines(int from, int to) {
    for (int number = from; number < to; ++number) {
      line(number);
      run();
    }
  }
  /// Closed files, oldest first.
  std::vector<std::string> closed() { return closed_logs(folder); }
  /// The numbers in all files, in order.
  std::vector<int> numbers() {
    std::vector<int> out;
    auto files = closed();
    files.push_back(path);
    for (const std::string& file : files) {
      for (const Parsed& record : parse_log(read_file(file))) out.push_back(std::stoi(record.text));
    }
    return out;
  }
  static std::vector<int> range(int from, int to) {
    std::vector<int> out;
    for (int i = from; i < to; ++i) out.push_back(i);
    return out;
  }

  ScratchDirectory directory;
  FakeLoop loop;
  FileShared shared{loop, *this, FakeWall::read};
  Stamper stamper;
  std::vector<Error> failures, rotation_failures;
  int resumed = 0;
  std::string folder = directory.path("log/unit"), path = folder + "/current";
  std::unique_ptr<FileSink> sink;
};

TEST_F(FileRotation, L12_a_full_file_gets_a_name_and_a_new_one_goes_on) {
  make({.max_size = 3 * record_bytes, .keep = 0});
  lines(0, 10);
  EXPECT_EQ(numbers(), range(0, 10));
  ASSERT_EQ(closed().size(), 3U);
  for (const std::string& file : closed()) EXPECT_EQ(read_file(file).size(), 3 * record_bytes);
  struct stat is {};
  ASSERT_EQ(::stat(path.c_str(), &is), 0);
  EXPECT_EQ(is.st_mode & 07777, 0640U);
  EXPECT_EQ(shared.buffers.pending(), 0U);
}

TEST_F(FileRotation, L12_much_that_gathered_is_spread_over_files) {
  make({.max_size = 3 * record_bytes + 7, .keep = 0});
  for (int i = 0; i < 100; ++i) line(i);
  run();
  EXPECT_EQ(numbers(), range(0, 100));
  EXPECT_EQ(closed().size(), 33U);
  EXPECT_EQ(shared.buffers.pending(), 0U);
  EXPECT_EQ(loop.overlapping_writes, 0);
}

TEST_F(FileRotation, Only_so_many_closed_files_stay) {
  make({.max_size = record_bytes, .keep = 4});
  lines(0, 50);
  EXPECT_EQ(numbers(), range(45, 50));
}

TEST_F(FileRotation, P10_names_stay_in_order_when_the_clock_is_set_back) {
  make({.max_size = record_bytes, .keep = 0});
  lines(0, 3);
  FakeWall::now_us -= 3'600'000'000;
  lines(3, 6);
  FakeWall::now_us = start_us;
  lines(6, 9);
  EXPECT_EQ(numbers(), range(0, 9));
}

TEST_F(FileRotation, P10_names_stay_in_order_when_the_clock_was_set_back_while_supd_was_away) {
  make({.max_size = record_bytes, .keep = 0});
  lines(0, 3);
  FakeWall::now_us -= 3'600'000'000;
  make({.max_size = record_bytes, .keep = 0});
  line(3);
  flush(true);
  lines(4, 8);
  EXPECT_EQ(numbers(), range(0, 8));
}

TEST_F(FileRotation, The_age_of_what_is_there_counts) {
  make({.max_size = 0, .max_age = 1h, .keep = 0});
  lines(0, 2);
  FakeWall::now_us += 2 * std::int64_t{3'600'000'000};
  make({.max_size = 0, .max_age = 3h, .keep = 0});
  sink->append(FakeWall::now_us, stamper.text(FakeWall::now_us), Stream::out, {"2", LineEnd::newline});
  run();
  EXPECT_EQ(closed().size(), 0U) << "not old enough";
  loop.advance(61min);
  lines(3, 4);
  EXPECT_EQ(closed().size(), 1U) << "two hours before supd came, and one since";
  EXPECT_EQ(numbers(), range(0, 4));
}

TEST_F(FileRotation, L9_when_no_new_file_can_be_opened_the_old_one_keeps_its_name) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "SKIP: the sanitizers need fds of their own, and this test leaves none: use a plain build";
#endif
  make({.max_size = record_bytes, .keep = 0});
  lines(0, 1);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  sys::UniqueFd next(::dup(0));
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next.get());
  next.reset();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  lines(1, 3);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_EQ(rotation_failures.size(), 1U);
  EXPECT_EQ(rotation_failures[0].code, EMFILE);
  EXPECT_EQ(closed().size(), 0U);
  EXPECT_EQ(parse_log(read_file(path)).size(), 3U);
  loop.advance(FileSink::rotation_retry_time);
  lines(3, 4);
  EXPECT_EQ(closed().size(), 1U);
  EXPECT_EQ(numbers(), range(0, 4));
}

TEST_F(FileRotation, The_size_of_what_is_there_counts) {
  make({.max_size = 3 * record_bytes, .keep = 0});
  lines(0, 2);
  make({.max_size = 3 * record_bytes, .keep = 0});
  lines(2, 4);
  EXPECT_EQ(closed().size(), 1U);
  EXPECT_EQ(numbers(), range(0, 4));
}

TEST_F(FileRotation, P10_age_is_counted_by_the_clock_that_nobody_sets) {
  make({.max_size = 0, .max_age = 1h, .keep = 0});
  lines(0, 2);
  FakeWall::now_us += 100 * std::int64_t{3'600'000'000};
  lines(2, 4);
  EXPECT_EQ(closed().size(), 0U);
  loop.advance(1h);
  EXPECT_EQ(closed().size(), 0U) << "a quiet unit wakes nobody";
  lines(4, 5);
  EXPECT_EQ(closed().size(), 1U);
  EXPECT_EQ(numbers(), range(0, 5));
}

TEST_F(FileRotation, Size_and_age_0_are_off) {
  make({.max_size = 0, .max_age = 0s});
  lines(0, 5);
  loop.advance(std::chrono::hours(10'000));
  lines(5, 10);
  EXPECT_EQ(closed().size(), 0U);
  EXPECT_EQ(numbers(), range(0, 10));
}

TEST_F(FileRotation, L9_a_rotation_that_fails_goes_on_with_the_file_and_is_told_once) {
  make({.max_size = record_bytes, .keep = 0});
  lines(0, 1);
  // The name for each of the tries is taken.
  FakeWall::now_us = start_us + 1'000'000;
  std::vector<std::string> taken;
  for (std::int64_t i = 0; i <= LogFile::most_tries; ++i) {
    taken.push_back(folder + "/" + rotated_name("current", {.time_us = FakeWall::now_us + i}));
    std::filesystem::create_directory(taken.back());
  }
  line(1);
  run();
  FakeWall::now_us = start_us + 1'000'000;
  loop.advance(FileSink::rotation_retry_time);
  line(2);
  run();
  EXPECT_EQ(rotation_failures.size(), 1U);
  EXPECT_EQ(failures.size(), 0U);
  for (const std::string& name : taken) EXPECT_TRUE(std::filesystem::remove(name)) << "was left alone";
  loop.advance(FileSink::rotation_retry_time);
  lines(3, 4);
  EXPECT_EQ(closed().size(), 1U);
  EXPECT_EQ(numbers(), range(0, 4));
}

TEST_F(FileRotation, L9_a_torn_record_is_finished_in_its_own_file) {
  make({.max_size = 2 * record_bytes, .keep = 0});
  lines(0, 1);
  line(1);
  line(2);
  flush(true);
  std::string part = loop.writes.front().bytes.substr(0, 10);
  ASSERT_EQ(::write(loop.writes.front().fd, part.data(), part.size()), 10);
  loop.complete(10, ENOSPC);
  loop.advance(FileSink::retry_time);
  run();
  EXPECT_EQ(numbers(), range(0, 3));
  ASSERT_EQ(closed().size(), 1U);
  EXPECT_EQ(read_file(closed()[0]).size(), 2 * record_bytes);
}

TEST_F(FileRotation, L13_a_file_that_somebody_renamed_is_opened_anew_within_a_second) {
  make({.max_size = 0});
  lines(0, 2);
  std::filesystem::rename(path, folder + "/current.1");
  lines(2, 3);
  loop.advance(FileSink::retry_time);
  lines(3, 5);
  EXPECT_EQ(parse_log(read_file(folder + "/current.1")).size(), 3U);
  EXPECT_EQ(numbers(), (std::vector<int>{3, 4}));
}

TEST_F(FileRotation, L13_on_demand_a_renamed_file_is_opened_anew_at_once) {
  make({.max_size = 0});
  lines(0, 2);
  std::filesystem::rename(path, folder + "/current.1");
  sink->reopen();
  loop.run_jobs();
  EXPECT_TRUE(std::filesystem::exists(path)) << "at once";
  lines(2, 3);
  EXPECT_EQ(parse_log(read_file(folder + "/current.1")).size(), 2U);
  EXPECT_EQ(numbers(), std::vector<int>{2});
}

TEST_F(FileRotation, L13_a_file_that_was_emptied_counts_anew) {
  make({.max_size = 3 * record_bytes, .keep = 0});
  lines(0, 3);
  std::filesystem::resize_file(path, 0);
  loop.advance(FileSink::retry_time);
  lines(3, 6);
  EXPECT_EQ(closed().size(), 0U);
  EXPECT_EQ(numbers(), range(3, 6));
}

TEST_F(FileRotation, L13_a_renamed_file_goes_on_while_no_new_one_can_be_made) {
  make({.max_size = 0});
  lines(0, 1);
  std::filesystem::rename(folder, directory.path("away"));
  std::filesystem::remove(directory.path("log"));
  std::ofstream(directory.path("log")) << "no directory";
  loop.advance(FileSink::retry_time);
  lines(1, 3);
  EXPECT_EQ(parse_log(read_file(directory.path("away/current"))).size(), 3U);
}

TEST_F(FileRotation, A_symbolic_link_is_no_file_of_ours_to_rename) {
  std::filesystem::create_directories(folder);
  std::ofstream(directory.path("target")) << "";
  std::filesystem::create_symlink(directory.path("target"), path);
  make({.max_size = record_bytes});
  lines(0, 5);
  EXPECT_EQ(closed().size(), 0U);
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  EXPECT_EQ(parse_log(read_file(directory.path("target"))).size(), 5U);
  EXPECT_EQ(rotation_failures.size(), 0U);
}

TEST_F(FileRotation, Other_rules_hold_at_once) {
  make({.max_size = record_bytes, .keep = 0});
  lines(0, 10);
  sink->configure({path, {.max_size = 0, .keep = 2}});
  lines(10, 20);
  EXPECT_EQ(numbers(), range(7, 20));
}

class Sweeping : public FileRotation {
 protected:
  void touch(const std::string& name, std::size_t bytes = 1) {
    std::ofstream(folder + "/" + name) << std::string(bytes, 'x');
  }
  bool exists(const std::string& name) {
    return std::filesystem::symlink_status(folder + "/" + name).type() != std::filesystem::file_type::not_found;
  }
  static std::string name(std::int64_t age_s) {
    return rotated_name("current", {.time_us = start_us - age_s * 1'000'000});
  }
  void SetUp() override { std::filesystem::create_directories(folder); }
};

TEST_F(Sweeping, At_the_first_record_what_is_there_is_held_to_the_rules) {
  for (int age = 1; age <= 20; ++age) touch(name(age));
  make({.keep = 5});
  line(0);
  run();
  loop.advance(1s);
  EXPECT_EQ(closed().size(), 5U);
  EXPECT_TRUE(exists(name(1)));
  EXPECT_FALSE(exists(name(6)));
  EXPECT_EQ(loop.timers(), 0U) << "nothing wakes an idle sink";
}

TEST_F(Sweeping, Only_regular_files_with_our_names_are_removed) {
  std::ofstream(directory.path("precious")) << "kept";
  std::filesystem::create_symlink(directory.path("precious"), folder + "/" + name(100));
  std::filesystem::create_directory(folder + "/" + name(101));
  for (const char* foreign : {"current.1", "current.@yesterday", "other.@2026-11-23T17-04-05.123456Z", "notes"}) {
    touch(foreign);
  }
  touch(name(102));
  touch(rotated_name("current", {start_us, Compression::gzip, true}));
  make({.keep_age = 10s});
  line(0);
  run();
  loop.advance(1s);
  EXPECT_FALSE(exists(name(102)));
  EXPECT_FALSE(exists(rotated_name("current", {start_us, Compression::gzip, true}))) << "a copy that was never done";
  for (const std::string& kept : {name(100), name(101), std::string("current.1"), std::string("current.@yesterday"),
                                  std::string("other.@2026-11-23T17-04-05.123456Z"), std::string("notes")}) {
    EXPECT_TRUE(exists(kept)) << kept;
  }
  EXPECT_EQ(read_file(directory.path("precious")), "kept");
}

TEST_F(Sweeping, Many_files_go_in_one_job) {
  for (int age = 1; age <= 2000; ++age) touch(name(age));
  make({.keep = 1});
  line(0);
  run();
  EXPECT_EQ(shared.sweeper.removed(), 1999U);
  EXPECT_EQ(closed(), std::vector<std::string>{folder + "/" + name(1)});
  EXPECT_TRUE(shared.sweeper.idle());
}

TEST_F(Sweeping, A_sink_may_go_while_its_directory_is_swept) {
  for (int age = 1; age <= 50; ++age) touch(name(age));
  make({.keep = 1});
  line(0);
  flush(true);
  sink.reset();
  loop.advance(1s);
  EXPECT_EQ(closed().size(), 1U);
  loop.complete_all();
}

}  // namespace
}  // namespace supd::log

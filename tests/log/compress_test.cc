#include <gtest/gtest.h>
#include <sys/stat.h>
#if SUPD_HAS_ZSTD
#include <zstd.h>
#endif

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "daemon/io/engine.hpp"
#include "daemon/log/compress_file.hpp"
#include "daemon/log/compressor.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

std::string some_log(std::size_t lines) {
  std::mt19937 random(7);
  std::string out;
  for (std::size_t i = 0; i < lines; ++i) out += "line " + std::to_string(i) + " " + std::to_string(random()) + "\n";
  return out;
}

/// What `gzip -dc` makes of a file.
std::string gunzipped(const std::string& path) {
  std::string out;
  FILE* pipe = ::popen(("gzip -dc '" + path + "'").c_str(), "r");
  std::array<char, 4096> buffer;
  while (std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), count);
  EXPECT_EQ(::pclose(pipe), 0);
  return out;
}

struct CompressFile : ::testing::Test {
  std::string make(const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    ::chmod(path.c_str(), 0604);
    return bytes;
  }
  void expect_only(const std::string& name) {
    std::vector<std::string> left;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      left.push_back(entry.path().string());
    }
    EXPECT_EQ(left, std::vector<std::string>{name});
  }
  ScratchDirectory directory;
  std::string path = directory.path("current.@2026-11-23T17-04-05.123456Z");
};

TEST_F(CompressFile, gzip_is_read_back_by_gzip_and_the_plain_file_is_gone) {
  if (SUPD_HAS_GZIP == 0) GTEST_SKIP() << "SKIP: this build has no zlib: install zlib1g-dev and configure anew";
  std::string bytes = make(some_log(100'000));
  auto done = compress_file(Compression::gzip, path);
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_TRUE(gunzipped(path + ".gz") == bytes);
  struct stat is {};
  ASSERT_EQ(::stat((path + ".gz").c_str(), &is), 0);
  EXPECT_EQ(is.st_mode & 07777, 0604U);
  expect_only(path + ".gz");
}

TEST_F(CompressFile, zstd_is_read_back_by_zstd) {
#if SUPD_HAS_ZSTD
  std::string bytes = make(some_log(100'000));
  auto done = compress_file(Compression::zstd, path);
  ASSERT_TRUE(done) << done.error().text();
  std::string packed = read_file(path + ".zst"), out(bytes.size() + 1, '\0');
  out.resize(ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size()) % (bytes.size() + 2));
  EXPECT_TRUE(out == bytes);
  expect_only(path + ".zst");
#else
  GTEST_SKIP() << "SKIP: this build has no libzstd: install libzstd-dev and configure anew";
#endif
}

TEST_F(CompressFile, An_empty_file_and_the_rest_of_a_killed_child_are_no_trouble) {
  if (SUPD_HAS_GZIP == 0) GTEST_SKIP() << "SKIP: this build has no zlib: install zlib1g-dev and configure anew";
  make("");
  std::ofstream(path + ".gz.tmp") << "half of a copy";
  ASSERT_TRUE(compress_file(Compression::gzip, path));
  EXPECT_EQ(gunzipped(path + ".gz"), "");
  expect_only(path + ".gz");
}

TEST_F(CompressFile, L9_what_can_not_be_compressed_stays_and_leaves_nothing_behind) {
  make("some lines\n");
  std::filesystem::create_directory(path + ".gz.tmp");
  EXPECT_FALSE(compress_file(Compression::gzip, path));
  EXPECT_EQ(read_file(path), "some lines\n");
  std::filesystem::remove(path + ".gz.tmp");
  std::filesystem::create_directory(path + ".gz");
  EXPECT_FALSE(compress_file(Compression::gzip, path));
  std::filesystem::remove(path + ".gz");
  EXPECT_EQ(read_file(path), "some lines\n");
  expect_only(path);
}

TEST_F(CompressFile, Symbolic_links_and_unknown_formats_are_refused) {
  make("some lines\n");
  std::filesystem::create_symlink(path, directory.path("link"));
  auto done = compress_file(Compression::gzip, directory.path("link"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ELOOP);
  EXPECT_EQ(compress_child("bzip2", path), EINVAL);
  EXPECT_EQ(read_file(path), "some lines\n");
}

struct RecordedFailures final : CompressorEvents {
  void on_compress_failed(const std::string&, const Error& error) override { failures.push_back(error); }
  std::vector<Error> failures;
};

/// A compressor whose program is a script.
struct CompressorOnEngine : ::testing::TestWithParam<io::Engine> {
  void SetUp() override {
    auto made = io::make_loop(GetParam());
    if (!made) GTEST_SKIP() << "SKIP: this engine is not available here: " << made.error().text();
    loop = std::move(made->loop);
  }
  void make(const std::string& script) {
    std::string program = directory.path("program");
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    ::chmod(program.c_str(), 0755);
    compressor = std::make_unique<Compressor>(*loop, events, program);
  }
  std::string file(const std::string& name) {
    std::ofstream(directory.path(name)) << name;
    return directory.path(name);
  }
  void until(const std::function<bool()>& done) {
    Instant end = loop->now() + 30s;
    while (!done() && loop->now() < end) loop->turn(end);
    ASSERT_TRUE(done());
  }
  ScratchDirectory directory;
  RecordedFailures events;
  std::unique_ptr<io::Loop> loop;
  std::unique_ptr<Compressor> compressor;
};

TEST_P(CompressorOnEngine, One_child_at_a_time_works_through_what_was_offered_once) {
  make("mkdir \"$3.lock\" && [ $(ls -d \"${3%/*}\"/*.lock | wc -l) = 1 ] && mv \"$3\" \"$3.$2\" && rmdir \"$3.lock\"");
  for (const char* name : {"a", "b", "c", "a", "b"}) compressor->offer(file(name), Compression::gzip);
  until([&] { return compressor->done() + compressor->failed() == 3; });
  EXPECT_EQ(compressor->failed(), 0U);
  EXPECT_EQ(read_file(directory.path("c.gzip")), "c");
  EXPECT_FALSE(compressor->busy());
}

TEST_P(CompressorOnEngine, A_failing_or_killed_child_is_told_once_and_the_next_file_has_its_turn) {
  make("case $3 in *kill) kill -9 $$;; *good) exit 0;; *) exit 28;; esac");
  for (const char* name : {"bad", "kill", "good", "worse"}) compressor->offer(file(name), Compression::zstd);
  until([&] { return compressor->done() + compressor->failed() == 4; });
  EXPECT_EQ(compressor->done(), 1U);
  ASSERT_EQ(events.failures.size(), 2U) << "once before and once after it worked";
  EXPECT_EQ(events.failures[0].code, ENOSPC);
  EXPECT_EQ(read_file(directory.path("bad")), "bad");
}

TEST_P(CompressorOnEngine, S3_the_end_of_supd_kills_the_child_and_begins_nothing) {
  make("exec sleep 1000");
  compressor->offer(file("a"), Compression::gzip);
  compressor->offer(file("b"), Compression::gzip);
  until([&] { return compressor->busy(); });
  EXPECT_EQ(compressor->known(), (std::vector{directory.path("a"), directory.path("b")}));
  compressor->stop();
  until([&] { return !compressor->busy(); });
  compressor->offer(file("c"), Compression::gzip);
  EXPECT_EQ(loop->stats().ops_in_flight, 0U);
  EXPECT_TRUE(events.failures.empty());
}

TEST_P(CompressorOnEngine, A_program_that_is_not_there_is_told_once) {
  compressor = std::make_unique<Compressor>(*loop, events, "/no/such/supd");
  compressor->offer(file("a"), Compression::gzip);
  compressor->offer(file("b"), Compression::gzip);
  until([&] { return compressor->failed() == 2; });
  ASSERT_EQ(events.failures.size(), 1U);
  EXPECT_EQ(events.failures[0].code, ENOENT);
}

TEST(CompressorTries, P8_what_failed_is_tried_again_ever_later_and_not_for_ever) {
  ScratchDirectory directory;
  FakeLoop loop;
  RecordedFailures events;
  Compressor compressor(loop, events, "/no/such/supd");
  compressor.offer(directory.path("a"), Compression::gzip);
  loop.advance(Compressor::settle_time);
  EXPECT_EQ(compressor.failed(), 1U);
  loop.advance(Compressor::retry_time - 1ns);
  EXPECT_EQ(compressor.failed(), 1U);
  loop.advance(1ns);
  EXPECT_EQ(compressor.failed(), 2U);
  loop.advance(std::chrono::hours(48));
  EXPECT_EQ(compressor.failed(), Compressor::max_tries);
  EXPECT_EQ(loop.timers(), 0U);
  EXPECT_TRUE(compressor.known().empty());
  EXPECT_EQ(events.failures.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, CompressorOnEngine, ::testing::Values(io::Engine::uring, io::Engine::epoll),
                         [](const auto& engine) { return engine.param == io::Engine::uring ? "uring" : "epoll"; });

/// Files that a sweep offers, and one that is at work.
struct Offered final : ClosedFiles {
  void offer(const std::string& path, Compression) override { paths.push_back(path); }
  [[nodiscard]] std::vector<std::string> known() const override { return {at_work}; }
  std::vector<std::string> paths;
  std::string at_work;
};

TEST(SweepOffers, What_stays_plain_is_offered_and_unfinished_copies_go_but_for_the_one_at_work) {
  ScratchDirectory directory;
  auto touch = [&](const RotatedName& name) { std::ofstream(directory.path(rotated_name("current", name))) << "x"; };
  auto exists = [&](const RotatedName& name) {
    return std::filesystem::exists(directory.path(rotated_name("current", name)));
  };
  for (std::int64_t time_us = 1; time_us <= 5; ++time_us) touch({.time_us = time_us});
  touch({4, Compression::gzip, true});
  touch({5, Compression::gzip, true});
  touch({3, Compression::gzip, false});
  FakeLoop loop;
  Offered offered;
  offered.at_work = directory.path(rotated_name("current", {.time_us = 5}));
  Sweeper sweeper(loop, FakeWall::read, offered);
  sweeper.sweep({directory.path(), "current", {.keep = 4, .compress = Compression::gzip}, nullptr});
  loop.advance(0s);
  EXPECT_FALSE(exists({.time_us = 1}));
  EXPECT_FALSE(exists({.time_us = 3})) << "its copy is whole";
  EXPECT_TRUE(exists({3, Compression::gzip, false}));
  EXPECT_FALSE(exists({4, Compression::gzip, true}));
  EXPECT_TRUE(exists({5, Compression::gzip, true}));
  std::vector<std::string> expected;
  for (std::int64_t time_us : {2, 4, 5})
    expected.push_back(directory.path(rotated_name("current", {.time_us = time_us})));
  EXPECT_EQ(offered.paths, expected);
  EXPECT_EQ(loop.timers(), 0U);
}

}  // namespace
}  // namespace supd::log

/// Log files that are closed and begun anew: no line is lost and none is there twice.

#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

constexpr std::size_t stamp_length = 27;

struct Rotation : OnEachEngine {
  [[nodiscard]] std::string folder(const std::string& unit) const { return daemon.scratch().file("logs/" + unit); }

  /// The closed files, oldest first, and then the one that is written.
  static std::vector<std::string> files(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code not_there_yet;
    for (const auto& entry : std::filesystem::directory_iterator(folder, not_there_yet)) {
      if (entry.path().filename() != "current") out.push_back(entry.path().string());
    }
    std::sort(out.begin(), out.end());
    out.push_back(folder + "/current");
    return out;
  }
  /// The text of each record of stdout in one file. Fails the test on anything that is not a record.
  static void read_lines(const std::string& file, std::vector<std::string>& lines, bool torn_allowed) {
    std::string text = slurp(file);
    EXPECT_TRUE(text.empty() || text.ends_with('\n')) << file << " ends within a record";
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = std::min(text.find('\n', at), text.size());
      std::string record = text.substr(at, end - at);
      at = end + 1;
      // Where supd was killed a record may be cut off anywhere, also within its stamp.
      if (torn_allowed && record.size() <= stamp_length + 2) continue;
      ASSERT_GT(record.size(), stamp_length + 2) << file;
      if (record.substr(stamp_length, 3) == " o ") lines.push_back(record.substr(stamp_length + 3));
    }
  }
  static std::vector<std::string> lines(const std::string& folder, bool torn_allowed = false) {
    std::vector<std::string> out;
    for (const std::string& file : files(folder)) read_lines(file, out, torn_allowed);
    return out;
  }
  static void expect_numbers(const std::vector<std::string>& lines, std::size_t from, std::size_t to) {
    ASSERT_EQ(lines.size(), to - from + 1);
    for (std::size_t i = 0; i < lines.size(); ++i) ASSERT_EQ(lines[i], std::to_string(from + i));
  }
};

TEST_P(Rotation, L12_under_load_no_line_is_lost_repeated_or_divided) {
  daemon.unit("talk",
              "kind = 'task'\ncommand = ['seq', '300000']\n[log]\nto = ['file']\nmax_size = '100KB'\nkeep = 0\n");
  daemon.start();
  daemon.await("talk", State::completed);
  daemon.stop();
  auto all = files(folder("talk"));
  EXPECT_GT(all.size(), 50U);
  for (const std::string& file : all) EXPECT_LE(std::filesystem::file_size(file), 100'000U) << file;
  expect_numbers(lines(folder("talk")), 1, 300'000);
}

TEST_P(Rotation, L12_only_so_many_files_stay_and_they_are_the_newest) {
  daemon.unit("talk",
              "kind = 'task'\ncommand = ['seq', '100000']\n[log]\nto = ['file']\nmax_size = '50KB'\nkeep = 3\n");
  daemon.start();
  daemon.await("talk", State::completed);
  // What is too much goes in the turns after the last rotation.
  while (files(folder("talk")).size() > 4) static_cast<void>(daemon.status("talk"));
  daemon.stop();
  auto left = lines(folder("talk"));
  ASSERT_GT(left.size(), 1000U);
  expect_numbers(left, 100'000 - left.size() + 1, 100'000);
}

TEST_P(Rotation, L12_a_supd_that_was_killed_leaves_whole_lines_and_the_next_one_goes_on) {
  std::string place = daemon.scratch().file("kept");
  std::string log = "[log]\nto = ['file', 'memory']\npath = '" + place + "/current'\nmax_size = '20KB'\nkeep = 0\n";
  std::size_t before = 0;
  {
    Daemon first{GetParam()};
    first.unit("talk", "command = ['sh', '-c', 'i=0; while echo $((i=i+1)); do :; done']\n" + log);
    first.start();
    // Some 5000 lines. Nobody follows them: a client that reads slower than the shell talks would be cut off.
    while (files(place).size() < 10) static_cast<void>(first.status("talk"));
    first.process().signal(9);
    EXPECT_TRUE(first.process().wait(patience()).has_value());
  }
  // A record may be cut off where the kill came into a write; the next supd ends its line.
  std::string current = slurp(place + "/current");
  bool torn = !current.empty() && !current.ends_with('\n');
  if (!torn) before = lines(place).size();
  daemon.unit("talk", "kind = 'task'\ncommand = ['seq', '10000']\n" + log);
  daemon.start();
  daemon.await("talk", State::completed);
  daemon.stop();
  std::vector<std::string> all = lines(place, torn);
  if (torn) before = all.size() - 10'000;
  ASSERT_GT(before, 1000U);
  std::vector<std::string> old(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
  if (torn) old.pop_back();
  expect_numbers(old, 1, old.size());
  expect_numbers({all.begin() + static_cast<std::ptrdiff_t>(before), all.end()}, 1, 10'000);
}

TEST_P(Rotation, L13_a_file_that_was_renamed_as_logrotate_does_is_left_for_a_new_one) {
  daemon.unit("tick", "command = ['sh', '-c', 'i=0; while echo $((i=i+1)); do sleep 0.05; done']\n");
  daemon.start();
  daemon.await_line("tick", "3");
  std::string current = daemon.log_file("tick"), away = current + ".1";
  // The line is in memory before its file is there.
  while (!std::filesystem::exists(current)) static_cast<void>(daemon.status("tick"));
  std::filesystem::rename(current, away);
  while (!std::filesystem::exists(current)) static_cast<void>(daemon.status("tick"));
  daemon.operate("stop", "tick");
  daemon.stop();
  std::vector<std::string> all;
  read_lines(away, all, false);
  std::size_t in_the_old = all.size();
  read_lines(current, all, false);
  EXPECT_GT(all.size(), in_the_old);
  expect_numbers(all, 1, all.size());
}

TEST_P(Rotation, L12_compressed_files_hold_every_line) {
  if (SUPD_HAS_GZIP == 0) GTEST_SKIP() << "SKIP: this build has no zlib: install zlib1g-dev and configure anew";
  daemon.unit("talk",
              "command = ['sh', '-c', 'seq 30000; echo all said; exec sleep 1000']\n"
              "[log]\nmax_size = '200KB'\nkeep = 0\ncompress = 'gzip'\n");
  daemon.start();
  daemon.await_line("talk", "all said");
  auto is_plain = [](const std::string& file) { return !file.ends_with(".gz") && !file.ends_with("/current"); };
  while (true) {
    auto all = files(folder("talk"));
    if (all.size() > 3 && std::none_of(all.begin(), all.end(), is_plain)) break;
    static_cast<void>(daemon.status("talk"));
  }
  daemon.stop();
  for (const std::string& file : files(folder("talk"))) {
    if (file.ends_with(".gz")) {
      EXPECT_EQ(run({"gzip", "-d", file}).exit.status, 0);
    }
  }
  auto all = lines(folder("talk"));
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.back(), "all said");
  all.pop_back();
  expect_numbers(all, 1, 30'000);
}

TEST_P(Rotation, P8_lines_above_the_rate_are_shown_as_dropped) {
  daemon.unit("talk",
              "kind = 'task'\ncommand = ['sh', '-c', 'seq 5000; sleep 0.2; echo all said']\n"
              "[log]\nrate = '1KB'\nburst = '10KB'\n");
  daemon.start();
  daemon.await("talk", State::completed);
  UnitStatus status = daemon.status("talk");
  daemon.stop();
  EXPECT_EQ(status.log_lines, 5001U);
  EXPECT_GT(status.log_dropped, 1000U);
  auto left = lines(folder("talk"));
  EXPECT_EQ(left.size() + status.log_dropped, 5001U);
  EXPECT_NE(slurp(daemon.log_file("talk")).find(" bytes dropped: more than 1KB per second\n"), std::string::npos);
}

TEST_P(Rotation, L2_a_raw_log_is_byte_identical_over_all_its_files) {
  daemon.unit("talk",
              "kind = 'task'\ncommand = ['sh', '-c', 'seq 20000; printf \"\\\\377\\\\000end\"']\n"
              "[log]\nformat = 'raw'\nmax_size = '10KB'\nkeep = 0\n");
  daemon.start();
  daemon.await("talk", State::completed);
  daemon.stop();
  std::string joined, expected;
  for (const std::string& file : files(folder("talk"))) joined += slurp(file);
  for (int i = 1; i <= 20'000; ++i) expected += std::to_string(i) + "\n";
  expected += std::string("\377\0end", 5);
  EXPECT_TRUE(joined == expected);
  EXPECT_GT(files(folder("talk")).size(), 5U);
}

TEST_P(Rotation, What_a_killed_child_left_is_removed_at_the_next_start) {
  std::string stale = folder("talk") + "/current.@2020-01-01T00-00-00.000000Z.zst.tmp";
  std::filesystem::create_directories(folder("talk"));
  std::ofstream(stale) << "half of a copy";
  daemon.unit("talk", "command = ['sh', '-c', 'echo hello; exec sleep 1000']\n");
  daemon.start();
  daemon.await_line("talk", "hello");
  while (std::filesystem::exists(stale)) static_cast<void>(daemon.status("talk"));
  daemon.stop();
}

/// A file system of its own, so small that it can be filled.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
    if (::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=256k") != 0) why_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (why_.empty()) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  std::string path_, why_;
};

TEST_P(Rotation, L9_on_a_full_disk_the_service_goes_on_and_logging_resumes_by_itself) {
  std::string place = daemon.scratch().file("disk");
  SmallDisk disk(place);
  if (!disk.why().empty()) GTEST_SKIP() << "SKIP: mounting a small tmpfs needs root: " << disk.why();
  std::string ballast = place + "/ballast";
  std::ofstream(ballast) << std::string(120'000, 'x');
  daemon.unit("talk",
              "command = ['sh', '-c', 'seq 20000; echo all said; i=20000; while echo $((i=i+1)); do sleep 0.05; "
              "done']\n[log]\npath = '" +
                  place + "/log/current'\nmax_size = '40KB'\nkeep = 2\nkeep_total = '60KB'\n");
  daemon.start();
  daemon.await_line("talk", "all said");
  EXPECT_EQ(daemon.status("talk").state, State::running);
  std::filesystem::remove(ballast);
  std::uint64_t lines_then = daemon.status("talk").log_lines;
  // The number that was written last; 0 while there is none: the file may have just begun, or end within a record.
  auto last_written = [&] {
    std::string text = slurp(place + "/log/current");
    std::size_t end = text.rfind('\n');
    std::size_t at = end == std::string::npos ? end : text.rfind(" o ", end);
    std::uint64_t number = 0;
    if (at != std::string::npos) std::from_chars(text.data() + at + 3, text.data() + end, number);
    return number;
  };
  while (last_written() <= lines_then) static_cast<void>(daemon.status("talk"));
  daemon.operate("stop", "talk");
  daemon.stop();
  auto all = lines(place + "/log");
  std::set<std::string> once(all.begin(), all.end());
  EXPECT_EQ(once.size(), all.size()) << "no line is there twice";
}

SUPD_ON_EACH_ENGINE(Rotation);

}  // namespace
}  // namespace supd::integration

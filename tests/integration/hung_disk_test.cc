/// Disks that hang: an ext4 that is frozen answers neither open(2) nor write(2) until it is thawed, as a dead disk or
/// server. Also FIFOs that nobody reads.

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

/// A file system of its own, in a file, that can be frozen.
class FreezableDisk {
 public:
  explicit FreezableDisk(const Scratch& scratch) : path_(scratch.file("disk")) {
    std::filesystem::create_directories(path_);
    std::string image = scratch.write("disk.image", "");
    std::filesystem::resize_file(image, 96 * 1024 * 1024);
    if (::geteuid() != 0) {
      why_ = "freezing a file system needs root";
    } else if (!does({"mkfs.ext4", "-q", "-F", image}) || !does({"mount", "-o", "loop", image, path_})) {
      why_ = "no ext4 in a loop device here (a container needs /dev/loop* and CAP_SYS_ADMIN): " + why_;
    } else {
      why_.clear();
      root_.reset(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
  }
  ~FreezableDisk() {
    if (!root_.valid()) return;
    thaw();
    root_.reset();
    ::umount2(path_.c_str(), MNT_DETACH);
  }
  FreezableDisk(const FreezableDisk&) = delete;
  FreezableDisk& operator=(const FreezableDisk&) = delete;

  void freeze() {
    frozen_ = ::ioctl(root_.get(), FIFREEZE, 0) == 0;
    ASSERT_TRUE(frozen_) << std::strerror(errno);
  }
  void thaw() {
    if (std::exchange(frozen_, false)) ::ioctl(root_.get(), FITHAW, 0);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  bool does(const std::vector<std::string>& argv) {
    try {
      Ran ran = run(argv);
      why_ = argv.front() + ": " + ran.output;
      return ran.exit.status == 0 && !ran.exit.by_signal();
    } catch (const std::exception& error) {
      why_ = argv.front() + ": " + error.what();
      return false;
    }
  }
  std::string path_, why_;
  sys::UniqueFd root_;
  bool frozen_ = false;
};

struct HungDisk : OnEachEngine {
  void SetUp() override {
    OnEachEngine::SetUp();
    if (IsSkipped()) return;
    disk.emplace(daemon.scratch());
    if (!disk->why().empty()) GTEST_SKIP() << "SKIP: " << disk->why();
  }
  /// Before the daemon goes: what hangs can't be killed.
  void TearDown() override { disk.reset(); }

  /// A service that says its numbers without an end.
  void counting_unit(const std::string& name, const std::string& log = "", const std::string& pause = "0.02") const {
    daemon.unit(name,
                "command = ['sh', '-c', 'i=0; while echo $((i=i+1)); do sleep " + pause + "; done']\n[log]\n" + log);
  }
  /// One of many: they shall not be busy with themselves.
  void slow_unit(int number) const {
    std::string name = "hung" + std::to_string(number);
    counting_unit(name, on_disk(name), "0.3");
  }
  [[nodiscard]] std::string on_disk(const std::string& name) const {
    return "path = '" + disk->path() + "/" + name + "/current'\nmax_size = '0'\n";
  }
  /// The texts of stdout in a log file, in order.
  static std::vector<std::string> lines(const std::string& file) {
    constexpr std::size_t stamp_length = 27;
    std::vector<std::string> out;
    std::ifstream in(file);
    for (std::string record; std::getline(in, record);) {
      if (record.compare(stamp_length, 3, " o ") == 0) out.push_back(record.substr(stamp_length + 3));
    }
    return out;
  }
  static void expect_all_numbers(const std::vector<std::string>& lines) {
    ASSERT_FALSE(lines.empty());
    for (std::size_t i = 0; i < lines.size(); ++i) ASSERT_EQ(lines[i], std::to_string(i + 1));
  }
  /// The median time of a hundred answers, while whatever hangs hangs.
  Duration answer_time() {
    std::array<Duration, 100> times{};
    for (Duration& time : times) {
      Instant before = ctl::now();
      static_cast<void>(daemon.call("status"));
      time = ctl::now() - before;
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
  }
  void until(const std::string& what, const std::function<bool()>& done) {
    Instant end = ctl::now() + patience();
    while (!done()) {
      ASSERT_LT(ctl::now(), end) << what << "\n" << daemon.output();
      static_cast<void>(daemon.call("status"));
    }
  }
  std::uint64_t said(const std::string& unit) { return daemon.status(unit).log_lines; }

  std::optional<FreezableDisk> disk;
};

constexpr Duration answers_within = 10ms;

TEST_P(HungDisk, P6_control_answers_and_other_logs_go_on_while_a_disk_hangs_and_no_line_is_lost) {
  counting_unit("hung", on_disk("hung"));
  counting_unit("well");
  counting_unit("late", on_disk("late"));
  daemon.start();
  daemon.await_line("hung", "5");
  daemon.await_line("well", "5");
  daemon.operate("stop", "late");
  until("the files", [&] { return lines(disk->path() + "/hung/current").size() > 3; });
  disk->freeze();
  std::uint64_t then = said("well"), hung_then = said("hung");
  static_cast<void>(daemon.call("reopen"));
  daemon.operate("start", "late");
  EXPECT_LE(answer_time(), answers_within);
  until("the other log", [&] { return lines(daemon.log_file("well")).size() > then + 50; });
  until("output of the unit whose disk hangs", [&] { return said("hung") > hung_then + 50; });
  EXPECT_LE(answer_time(), answers_within);
  EXPECT_EQ(daemon.status("hung").log_dropped, 0U);
  disk->thaw();
  std::uint64_t after = said("hung");
  until("the log that hung", [&] { return lines(disk->path() + "/hung/current").size() >= after; });
  for (const char* unit : {"hung", "well", "late"}) daemon.operate("stop", unit);
  std::uint64_t hung_said = said("hung"), well_said = said("well");
  daemon.stop();
  expect_all_numbers(lines(disk->path() + "/hung/current"));
  expect_all_numbers(lines(daemon.log_file("well")));
  EXPECT_EQ(lines(disk->path() + "/hung/current").size(), hung_said);
  EXPECT_EQ(lines(daemon.log_file("well")).size(), well_said);
  EXPECT_FALSE(lines(disk->path() + "/late/current").empty());
}

TEST_P(HungDisk, P6_P8_twenty_hung_files_hold_up_no_file_elsewhere) {
  for (int i = 0; i < 20; ++i) slow_unit(i);
  disk->freeze();
  daemon.start();
  for (int i = 0; i < 20; ++i) daemon.await_line("hung" + std::to_string(i), "3");
  counting_unit("well");
  static_cast<void>(daemon.call("config.apply"));
  daemon.await_line("well", "20");
  until("the other log", [&] { return lines(daemon.log_file("well")).size() > 20; });
  EXPECT_LE(answer_time(), answers_within);
  disk->thaw();
  for (int i = 0; i < 20; ++i) {
    std::string file = disk->path() + "/hung" + std::to_string(i) + "/current";
    until("each log", [&] { return std::filesystem::exists(file) && lines(file).size() > 3; });
    expect_all_numbers(lines(file));
  }
  daemon.stop();
}

TEST_P(HungDisk, P6_P8_twenty_hung_writes_hold_up_no_write_elsewhere) {
  counting_unit("well");
  for (int i = 0; i < 20; ++i) slow_unit(i);
  auto file = [&](int i) { return disk->path() + "/hung" + std::to_string(i) + "/current"; };
  daemon.start();
  for (int i = 0; i < 20; ++i) {
    until("each log", [&] { return std::filesystem::exists(file(i)) && !lines(file(i)).empty(); });
  }
  disk->freeze();
  std::uint64_t hung_then = said("hung19"), then = said("well");
  until("writes that hang", [&] { return said("hung19") > hung_then + 2; });
  until("the other log", [&] { return lines(daemon.log_file("well")).size() > then + 50; });
  EXPECT_LE(answer_time(), answers_within);
  disk->thaw();
  daemon.stop();
  for (int i = 0; i < 20; ++i) expect_all_numbers(lines(file(i)));
  expect_all_numbers(lines(daemon.log_file("well")));
}

TEST_P(HungDisk, P4_what_has_no_room_while_a_disk_hangs_is_counted_and_told) {
  constexpr std::uint64_t count = 800'000;
  daemon.unit("flood", "command = ['sh', '-c', 'echo 0; read go < " + daemon.scratch().file("go") +
                           "; seq 800000; exec sleep 1000']\n[log]\n" + on_disk("flood"));
  ASSERT_EQ(::mkfifo(daemon.scratch().file("go").c_str(), 0600), 0);
  daemon.start();
  std::string file = disk->path() + "/flood/current";
  until("the file", [&] { return std::filesystem::exists(file) && lines(file).size() == 1; });
  disk->freeze();
  std::ofstream(daemon.scratch().file("go")) << "go\n";
  until("the flood", [&] { return said("flood") == count + 1; });
  EXPECT_LE(answer_time(), answers_within);
  EXPECT_GT(daemon.status("flood").log_dropped, count / 10) << "and the unit was not held up";
  disk->thaw();
  auto note = [&] { return slurp(file).find(" bytes dropped here\n") != std::string::npos; };
  until("the note in the file", note);
  std::uint64_t dropped = daemon.status("flood").log_dropped;
  daemon.stop();
  EXPECT_EQ(lines(file).size() + dropped, count + 1);
}

TEST_P(HungDisk, P4_with_on_full_block_only_that_unit_waits) {
  daemon.unit("patient",
              "command = ['sh', '-c', 'seq 200000; exec sleep 1000']\n[log]\non_full = 'block'\n" + on_disk("patient"));
  disk->freeze();
  counting_unit("well");
  daemon.start();
  daemon.await_line("well", "20");
  until("the other log", [&] { return lines(daemon.log_file("well")).size() > 50; });
  EXPECT_LE(answer_time(), answers_within);
  EXPECT_LT(said("patient"), 200'000U) << "it waits";
  disk->thaw();
  until("the rest", [&] { return said("patient") == 200'000; });
  daemon.stop();
  std::vector<std::string> all = lines(disk->path() + "/patient/current");
  EXPECT_EQ(all.size(), 200'000U);
  expect_all_numbers(all);
}

TEST_P(HungDisk, S3_the_end_of_supd_does_not_wait_for_a_hung_disk) {
  counting_unit("hung", on_disk("hung"));
  daemon.start();
  daemon.await_line("hung", "5");
  disk->freeze();
  daemon.await_line("hung", "50");
  daemon.process().signal(15);
  Instant end = ctl::now() + patience();
  while (daemon.output().find("everything is stopped") == std::string::npos && ctl::now() < end) ::usleep(10'000);
  EXPECT_LT(ctl::now(), end);
  disk->thaw();  // a process does not end while a thread of it is in a system call that hangs
  EXPECT_TRUE(daemon.process().wait(patience()).has_value());
}

SUPD_ON_EACH_ENGINE(HungDisk);

struct StalledReader : HungDisk {
  void SetUp() override { OnEachEngine::SetUp(); }
};

TEST_P(StalledReader, P6_L11_a_FIFO_that_nobody_reads_holds_up_nobody_and_is_written_once_somebody_does) {
  std::string fifo = daemon.scratch().file("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  counting_unit("talk", "path = '" + fifo + "'\n");
  counting_unit("well");
  daemon.start();
  daemon.await_line("talk", "20");
  EXPECT_LE(answer_time(), answers_within);
  sys::UniqueFd stalled(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  daemon.await_line("talk", "100");
  EXPECT_LE(answer_time(), answers_within);
  std::string got;
  until("what comes through the FIFO", [&] {
    std::array<char, 65536> piece{};
    ssize_t size = ::read(stalled.get(), piece.data(), piece.size());
    if (size > 0) got.append(piece.data(), static_cast<std::size_t>(size));
    return got.size() > 2000;
  });
  EXPECT_NE(got.find(" o 1\n"), std::string::npos) << "nothing was lost while it waited";
  stalled.reset();
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(StalledReader);

}  // namespace
}  // namespace supd::integration

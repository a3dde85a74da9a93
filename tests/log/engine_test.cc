/// The log on the real loops, with real pipes, files and children.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "daemon/io/engine.hpp"
#include "daemon/log/hub.hpp"
#include "daemon/log/open_file.hpp"
#include "daemon/log/unit_output.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

/// A unit with its log and its pipes.
struct Unit {
  Unit(Hub& hub, std::string_view name, const LogSpec& spec) : log(hub, UnitId{1}, name, spec), output(log) {}
  UnitLog log;
  UnitOutput output;
};

class LogOnEngine : public ::testing::TestWithParam<io::Engine> {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    auto made = io::make_loop(GetParam());
    if (!made) GTEST_SKIP() << "this engine does not work here: " << made.error().text();
    loop = std::move(made->loop);
    hub.emplace(*loop, events, HubOptions{directory.path()});
  }
  void TearDown() override {
    unit.reset();
    hub.reset();
  }

  void make_unit(LogSpec spec = {}) { unit.emplace(*hub, "web", spec); }

  /// A pipe whose reading end goes to the unit's log.
  sys::UniqueFd attach(std::uint64_t run = 1, Stream stream = Stream::out) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    unit->output.attach(RunId{run}, 4711, stream, sys::UniqueFd(ends[0]));
    return sys::UniqueFd(ends[1]);
  }

  void until(const std::function<bool()>& done, Duration limit = 60s) {
    Instant end = loop->now() + limit;
    while (!done()) {
      loop->turn(loop->now() + 1s);
      ASSERT_LT(loop->now(), end) << "waited too long";
    }
  }
  void until_written() {
    until([&] { return unit->output.open_streams() == 0 && hub->idle(); });
  }
  std::vector<Parsed> file(std::string_view path = "web/current") { return parse_log(read_file(directory.path(path))); }

  ScratchDirectory directory;
  RecordedEvents events;
  std::unique_ptr<io::Loop> loop;
  std::optional<Hub> hub;
  std::optional<Unit> unit;
};

void write_all(const sys::UniqueFd& fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(fd.get(), bytes.data(), bytes.size());
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// Takes a file system away again, however the test ends.
struct Unmount {
  explicit Unmount(std::string where) : path(std::move(where)) {}
  ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
  Unmount(const Unmount&) = delete;
  Unmount& operator=(const Unmount&) = delete;
  std::string path;
};

/// Reads until what came ends with `last`, or nothing came for a while.
std::string read_until(const sys::UniqueFd& fd, std::string_view last) {
  std::string out;
  std::array<char, 65536> buffer{};
  for (pollfd ready{fd.get(), POLLIN, 0}; !out.ends_with(last) && ::poll(&ready, 1, 10'000) == 1;) {
    ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n == 0) break;
    if (n > 0) out.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return out;
}

/// Writes from a thread of its own, as a child would, and closes the pipe; tells when it is through.
class Writer {
 public:
  Writer(sys::UniqueFd fd, std::string bytes)
      : thread_([this, fd = std::move(fd), bytes = std::move(bytes)]() mutable {
          write_all(fd, bytes);
          fd.reset();
          done_ = true;
        }) {}
  ~Writer() { thread_.join(); }
  [[nodiscard]] bool done() const { return done_; }

 private:
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

std::string numbered_lines(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += "line " + std::to_string(i) + " " + std::string(80, 'x') + "\n";
  return out;
}

TEST_P(LogOnEngine, P5_a_million_bytes_of_both_streams_in_order) {
  make_unit();
  std::string lines = numbered_lines(20'000);
  {
    Writer out(attach(1, Stream::out), lines), err(attach(1, Stream::err), lines + "last");
    until_written();
  }
  auto records = file();
  EXPECT_TRUE(rebuild(records, 'o') == lines);
  EXPECT_TRUE(rebuild(records, 'e') == lines + "last");
  EXPECT_EQ(unit->log.stats().dropped.records, 0U);
}

TEST_P(LogOnEngine, L1_ten_megabytes_without_newline) {
  LogSpec spec;
  spec.rotation.max_size = 0;
  make_unit(spec);
  std::string bytes = std::string(10'000'000, 'x') + "\n";
  {
    Writer out(attach(), bytes);
    until_written();
  }
  EXPECT_TRUE(rebuild(file(), 'o') == bytes);
  EXPECT_EQ(unit->log.stats().truncated, bytes.size() / (64 * 1024));
}

TEST_P(LogOnEngine, L2_every_byte) {
  make_unit();
  std::string bytes;
  for (int round = 0; round < 100; ++round) {
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  }
  {
    Writer out(attach(), bytes);
    until_written();
  }
  EXPECT_TRUE(rebuild(file(), 'o') == bytes);
}

TEST_P(LogOnEngine, L7_last_words_ten_thousand_times) {
  make_unit();
  constexpr int runs = 10'000;
  for (int run = 1; run <= runs; ++run) {
    sys::UniqueFd pipe = attach(static_cast<std::uint64_t>(run));
    pid_t pid = ::vfork();
    if (pid == 0) {
      (void)!::write(pipe.get(), "last words", 10);
      ::_exit(0);
    }
    pipe.reset();
    ::waitpid(pid, nullptr, 0);
    unit->output.process_exited(RunId{static_cast<std::uint64_t>(run)});
    if (run % 4 == 0) until([&] { return unit->output.open_streams() == 0; });
  }
  until_written();
  EXPECT_EQ(unit->log.stats().lines, static_cast<std::uint64_t>(runs));
  EXPECT_EQ(without_notes(file()).size(), static_cast<std::size_t>(runs));
}

TEST_P(LogOnEngine, L8_a_pipe_that_is_kept_is_closed_after_the_grace_and_its_writer_told) {
  make_unit();
  sys::UniqueFd kept = attach();
  write_all(kept, "from the child\n");
  unit->output.process_exited(RunId{1});
  unit->output.tree_gone(RunId{1});
  until_written();
  EXPECT_EQ(rebuild(file(), 'o'), "from the child\n");
  EXPECT_EQ(::write(kept.get(), "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
}

TEST_P(LogOnEngine, L15_many_chatty_children_lose_nothing) {
  make_unit();
  constexpr int children = 100;
  std::string lines = numbered_lines(500);
  {
    std::vector<std::unique_ptr<Writer>> writers;
    for (int i = 0; i < children; ++i) {
      writers.push_back(std::make_unique<Writer>(attach(static_cast<std::uint64_t>(i + 1)), lines));
    }
    until_written();
  }
  EXPECT_EQ(unit->log.stats().lines, children * 500U);
  EXPECT_EQ(unit->log.stats().bytes, children * lines.size());
  EXPECT_EQ(without_notes(file()).size() + unit->log.stats().dropped.records, children * 500U);
}

TEST_P(LogOnEngine, L9_P4_a_full_disk_never_blocks_the_child) {
  LogSpec spec;
  spec.path = "/dev/full";
  make_unit(spec);
  std::string lines = numbered_lines(50'000);
  Writer child(attach(), lines);
  until([&] { return child.done() && unit->output.open_streams() == 0 && !events.failures.empty(); });
  LogStats stats = unit->log.stats();
  EXPECT_EQ(stats.lines, 50'000U);
  EXPECT_GT(stats.dropped.records, 45'000U);
  ASSERT_EQ(events.failures.size(), 1U);
  EXPECT_EQ(events.failures[0].code, ENOSPC);
  EXPECT_LE(hub->files().buffers.pending(), FileSink::max_pending_failed + FileSink::max_pending);
  EXPECT_GT(unit->log.tail(10).size(), 0U) << "memory still has the lines";
}

TEST_P(LogOnEngine, L9_logging_resumes_by_itself_when_a_full_disk_has_room_again) {
  std::string disk = directory.path("disk");
  std::filesystem::create_directory(disk);
  if (::mount("supd-test", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "needs a small file system: run as root with CAP_SYS_ADMIN";
  }
  Unmount at_the_end{disk};
  LogSpec spec;
  spec.path = disk + "/web.log";
  make_unit(spec);
  std::string lines = numbered_lines(2000);
  sys::UniqueFd pipe = attach();
  write_all(sys::UniqueFd(::open((disk + "/ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)),
            std::string(20'000, 'x'));
  std::thread child([&] { write_all(pipe, lines); });
  until([&] { return unit->log.stats().lines == 2000 && !events.failures.empty(); });
  child.join();
  ::unlink((disk + "/ballast").c_str());
  write_all(pipe, "after\n");
  pipe.reset();
  until_written();
  auto records = parse_log(read_file(spec.path));
  EXPECT_EQ(events.resumed, 1);
  ASSERT_GT(records.size(), 100U);
  std::size_t notes = 0;
  for (const Parsed& record : records) notes += record.tag == "-" ? 1 : 0;
  EXPECT_EQ(records.size() - notes + unit->log.stats().dropped.records, 2001U);
  EXPECT_GE(notes, 1U);
}

TEST_P(LogOnEngine, L9_a_log_directory_that_is_removed_is_made_again) {
  make_unit();
  sys::UniqueFd pipe = attach();
  write_all(pipe, "one\n");
  until([&] { return unit->log.stats().lines == 1 && hub->idle(); });
  std::filesystem::remove_all(directory.path("web"));
  Instant later = loop->now() + FileSink::retry_time;
  until([&] { return loop->now() >= later; });
  write_all(pipe, "two\n");
  until([&] { return unit->log.stats().lines == 2 && hub->idle(); });
  EXPECT_EQ(rebuild(file(), 'o'), "two\n");
}

TEST_P(LogOnEngine, P4_a_stalled_FIFO_drops_and_counts_and_goes_on) {
  LogSpec spec;
  spec.path = directory.path("fifo");
  ASSERT_EQ(::mkfifo(spec.path.c_str(), 0600), 0);
  sys::UniqueFd reader(::open(spec.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  make_unit(spec);
  constexpr int count = FileSink::max_pending / 50;
  std::string lines = numbered_lines(count);
  {
    Writer child(attach(), lines);
    until([&] { return child.done() && unit->output.open_streams() == 0; });
  }
  EXPECT_GT(unit->log.stats().dropped.records, 0U);
  std::string got;
  std::thread drain([&] { got = read_until(reader, "dropped here\n"); });
  until([&] { return hub->idle(); });
  drain.join();
  EXPECT_EQ(without_notes(parse_log(got)).size() + unit->log.stats().dropped.records,
            static_cast<std::uint64_t>(count));
}

TEST_P(LogOnEngine, L11_P6_a_stalled_console_holds_up_neither_files_nor_the_loop) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  sys::UniqueFd reader(ends[0]), writer(ends[1]);
  Console console(*loop, {open_outlet(writer.get()), {}});
  Hub with_console(*loop, events, {directory.path(), &console});
  LogSpec spec;
  spec.console = true;
  unit.emplace(with_console, "web", spec);
  std::string lines = numbered_lines(50'000);
  {
    Writer child(attach(), lines);
    until([&] {
      return child.done() && unit->output.open_streams() == 0 && with_console.files().buffers.pending() == 0;
    });
  }
  EXPECT_TRUE(rebuild(file(), 'o') == lines);
  EXPECT_GT(console.dropped(), 0U);
  unit.reset();
}

TEST_P(LogOnEngine, L10_a_console_that_closes_is_no_signal_and_no_spin) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  sys::UniqueFd writer(ends[1]);
  ::close(ends[0]);
  Console console(*loop, {open_outlet(writer.get()), {}});
  console.put({.unit = "web", .text = "one"});
  until([&] { return console.dropped() == 1; });
  std::uint64_t before = loop->stats().completions;
  loop->turn(loop->now() + 50ms);
  EXPECT_LE(loop->stats().completions, before + 1);
}

TEST_P(LogOnEngine, L10_a_console_that_is_a_file_is_not_rewound) {
  std::string path = directory.path("console");
  sys::UniqueFd shared(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  write_all(shared, "before\n");
  Console console(*loop, {open_outlet(shared.get()), {}});
  console.put({.unit = "web", .text = "one"});
  until([&] { return console.idle(); });
  write_all(shared, "after\n");
  EXPECT_EQ(read_file(path), "before\nweb | one\nafter\n");
}

std::string engine_name(const ::testing::TestParamInfo<io::Engine>& info) {
  return info.param == io::Engine::uring ? "uring" : "epoll";
}

INSTANTIATE_TEST_SUITE_P(Engines, LogOnEngine, ::testing::Values(io::Engine::uring, io::Engine::epoll), engine_name);

}  // namespace
}  // namespace supd::log

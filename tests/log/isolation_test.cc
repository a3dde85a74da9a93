/// One sink that stalls or fails, and what the others get meanwhile: every byte, at once.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <tuple>

#include "daemon/io/engine.hpp"
#include "daemon/log/hub.hpp"
#include "daemon/log/open_file.hpp"
#include "daemon/log/unit_log.hpp"
#include "tests/log/receiver.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

enum class Broken : std::uint8_t {
  nothing,
  file_missing,
  file_stalled,
  console_closed,
  console_stalled,
  journal_missing,
  journal_stalled,
  syslog_missing,
  syslog_stalled,
};

constexpr std::array all_broken{Broken::nothing,         Broken::file_missing,    Broken::file_stalled,
                                Broken::console_closed,  Broken::console_stalled, Broken::journal_missing,
                                Broken::journal_stalled, Broken::syslog_missing,  Broken::syslog_stalled};
constexpr std::array<const char*, all_broken.size()> names{"nothing",         "file_missing",    "file_stalled",
                                                           "console_closed",  "console_stalled", "journal_missing",
                                                           "journal_stalled", "syslog_missing",  "syslog_stalled"};

struct Isolation : ::testing::TestWithParam<std::tuple<Broken, io::Engine>> {
  static constexpr int lines = 2000;
  static constexpr std::size_t line_bytes = 1000;

  [[nodiscard]] static Broken broken() { return std::get<0>(GetParam()); }
  [[nodiscard]] static bool is(Broken one, Broken other) { return broken() == one || broken() == other; }

  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    auto made = io::make_loop(std::get<1>(GetParam()));
    if (!made) GTEST_SKIP() << "this engine does not work here: " << made.error().text();
    loop = std::move(made->loop);
    make_console();
    if (broken() != Broken::journal_missing) journal.emplace(directory.path("journal"));
    if (broken() != Broken::syslog_missing) syslog.emplace(directory.path("syslog"));
    hub.emplace(*loop, events,
                HubOptions{.directory = directory.path(),
                           .console = &*console,
                           .journal = unix_address(directory.path("journal")),
                           .syslog = unix_address(directory.path("syslog"))});
    LogSpec spec;
    spec.console = spec.journal = spec.syslog = true;
    spec.path = make_file();
    spec.memory_size = 8 * 1024 * 1024;
    spec.rotation.max_size = 0;
    log.emplace(*hub, UnitId{1}, "web", spec);
    framer.emplace(log->make_framer());
  }
  void TearDown() override {
    log.reset();
    hub.reset();
    console.reset();
  }

  void make_console() {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    console_end.reset(ends[0]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    sys::UniqueFd writer(ends[1]);
    sys::UniqueFd outlet = open_outlet(writer.get());
    if (broken() == Broken::console_closed) console_end.reset();
    console.emplace(*loop, Console::Way{std::move(outlet), {}});
  }
  std::string make_file() {
    if (broken() == Broken::file_missing) return directory.path();  // a directory
    std::string path = directory.path("current");
    if (broken() != Broken::file_stalled) return path;
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    fifo_end.reset(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    return path;
  }

  [[nodiscard]] static std::string line(int number) {
    std::string text = std::to_string(number) + " ";
    return text + std::string(line_bytes - text.size(), static_cast<char>('a' + number % 26));
  }
  void write(int number) {
    std::string text = line(number) + "\n";
    log->write(*framer, Stream::out, std::as_bytes(std::span(text)), {RunId{1}, 812});
  }
  /// Those that work are read as fast as they bring something.
  void drain() {
    if (broken() != Broken::console_stalled && console_end.valid()) {
      std::array<char, 65536> buffer{};
      for (ssize_t n = 0; (n = ::read(console_end.get(), buffer.data(), buffer.size())) > 0;) {
        on_console.append(buffer.data(), static_cast<std::size_t>(n));
      }
    }
    if (journal && broken() != Broken::journal_stalled) take(*journal, "\nMESSAGE=", in_journal);
    if (syslog && broken() != Broken::syslog_stalled) take(*syslog, "] ", in_syslog);
  }
  static void take(Receiver& receiver, std::string_view before, std::string& into) {
    for (const std::string& datagram : receiver.take()) {
      into += datagram.substr(datagram.find(before) + before.size());
      if (!into.ends_with('\n')) into += '\n';
    }
  }

  ScratchDirectory directory;
  RecordedEvents events;
  std::unique_ptr<io::Loop> loop;
  sys::UniqueFd console_end, fifo_end;
  std::optional<Console> console;
  std::optional<Receiver> journal, syslog;
  std::optional<Hub> hub;
  std::optional<UnitLog> log;
  std::optional<Framer> framer;
  std::string on_console, in_journal, in_syslog;
};

TEST_P(Isolation, P4_the_others_get_every_byte_and_in_time) {
  std::string expected, expected_on_console;
  for (int i = 0; i < lines; ++i) {
    write(i);
    if (i % 16 == 15) {
      loop->turn(loop->now());
      drain();
    }
    expected += line(i) + "\n";
    expected_on_console += "web | " + line(i) + "\n";
  }
  bool file_works = !is(Broken::file_missing, Broken::file_stalled);
  auto arrived = [&] {
    drain();
    return (on_console.size() == expected_on_console.size() || is(Broken::console_closed, Broken::console_stalled)) &&
           (in_journal.size() == expected.size() || is(Broken::journal_missing, Broken::journal_stalled)) &&
           (in_syslog.size() == expected.size() || is(Broken::syslog_missing, Broken::syslog_stalled)) &&
           (!file_works || log->stats().lag.bytes == 0);
  };
  Instant end = loop->now() + 60s;
  while (!arrived()) {
    loop->turn(loop->now() + 10ms);
    ASSERT_LT(loop->now(), end) << "waited too long";
  }
  LogStats stats = log->stats();
  const auto& [console_dropped, journal_dropped, syslog_dropped] = stats.shared_dropped;
  if (file_works) {
    EXPECT_TRUE(rebuild(parse_log(read_file(directory.path("current"))), 'o') == expected);
    EXPECT_EQ(stats.dropped.records, 0U);
  }
  if (!is(Broken::console_closed, Broken::console_stalled)) {
    EXPECT_TRUE(on_console == expected_on_console);
    EXPECT_EQ(console_dropped, 0U);
  }
  if (!is(Broken::journal_missing, Broken::journal_stalled)) {
    EXPECT_TRUE(in_journal == expected);
    EXPECT_EQ(journal_dropped, 0U);
  }
  if (!is(Broken::syslog_missing, Broken::syslog_stalled)) {
    EXPECT_TRUE(in_syslog == expected);
    EXPECT_EQ(syslog_dropped, 0U);
  }
  std::string kept;
  for (const auto& record : log->tail(lines)) kept += record.text + "\n";
  EXPECT_TRUE(kept == expected) << "memory";
  EXPECT_EQ(stats.lines, static_cast<std::uint64_t>(lines));
  std::uint64_t dropped = console_dropped + journal_dropped + syslog_dropped + stats.dropped.records;
  // A stalled file has room for all of this.
  EXPECT_EQ(dropped != 0, broken() != Broken::nothing && broken() != Broken::file_stalled) << dropped;
}

INSTANTIATE_TEST_SUITE_P(Engines, Isolation,
                         ::testing::Combine(::testing::ValuesIn(all_broken),
                                            ::testing::Values(io::Engine::uring, io::Engine::epoll)),
                         [](const auto& test) {
                           std::string name = names[static_cast<std::size_t>(std::get<0>(test.param))];
                           return name + (std::get<1>(test.param) == io::Engine::uring ? "_uring" : "_epoll");
                         });

}  // namespace
}  // namespace supd::log

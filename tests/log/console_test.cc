#include "daemon/log/console.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "daemon/log/open_file.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

bool line(Console& console, std::string_view unit, const Line& line) {
  return console.put({.unit = unit, .text = line.text, .goes_on = goes_on(line.end)});
}
bool note(Console& console, std::string_view unit, std::string_view text) {
  return console.put({.unit = unit, .text = text, .origin = Origin::supd});
}

sys::UniqueFd some_fd() { return sys::UniqueFd(::open("/dev/null", O_WRONLY | O_CLOEXEC)); }

TEST(Console, L4_every_line_has_its_units_name_before_it) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {}});
  line(console, "web", {"db | forged", LineEnd::newline});
  line(console, "web", {"\x1b[31mraw", LineEnd::cut});
  note(console, "web", "3 lines dropped");
  EXPECT_EQ(loop.complete_all(), "web | db | forged\nweb + \x1b[31mraw\nweb - 3 lines dropped\n");
}

TEST(Console, L3_on_a_terminal_control_characters_are_visible) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {true, false}});
  line(console, "web", {"\x1b]0;title\x07 \r", LineEnd::newline});
  EXPECT_EQ(loop.complete_all(), "web | \\x1b]0;title\\x07 \\r\n");
}

TEST(Console, what_a_unit_wrote_to_stderr_goes_to_the_other_way) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {}}, Console::Way{some_fd(), {.terminal = true}});
  console.put({.unit = "web", .text = "one\x1b"});
  console.put({.unit = "web", .text = "two\x1b", .origin = Origin::err});
  note(console, "web", "started");
  ASSERT_EQ(loop.writes.size(), 2U);
  EXPECT_EQ(loop.writes[1].bytes, "web | two\\x1b\n") << "each as its own way wants it";
  EXPECT_EQ(loop.writes[0].bytes.substr(0, 11), "web | one\x1b\n");
  EXPECT_FALSE(console.idle());
  loop.complete_all();
  EXPECT_TRUE(console.idle());
}

TEST(Console, Names_have_colours_of_their_own_on_a_terminal) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {true, true}});
  line(console, "web", {"x", LineEnd::newline});
  line(console, "web", {"x", LineEnd::newline});
  std::string out = loop.complete_all();
  EXPECT_EQ(out.substr(0, 2), "\033[");
  EXPECT_NE(out.find("web | \033[0mx\n"), std::string::npos);
  EXPECT_EQ(out.substr(0, out.size() / 2), out.substr(out.size() / 2));
}

TEST(Console, Without_a_prefix_the_text_stands_alone) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {true, true}});
  console.put({.unit = "web", .text = "plain\x1b", .prefix = false});
  console.put({.unit = "web", .text = "a note", .origin = Origin::supd, .prefix = false});
  EXPECT_EQ(loop.complete_all(), "plain\\x1b\na note\n");
}

TEST(Console, L4_as_json_each_line_is_an_object_whatever_the_console_is) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {true, true, true}});
  constexpr std::string_view stamp = "2026-11-23T13:26:21.123456Z";
  console.put({.unit = "web", .stamp = stamp, .text = "\"}{\x1b", .run = {RunId{3}, 9}, .prefix = false});
  console.put(
      {.unit = "web", .stamp = stamp, .text = "\xff", .run = {RunId{3}, 9}, .origin = Origin::err, .goes_on = true});
  console.put({.unit = "web", .stamp = stamp, .text = "note", .origin = Origin::supd});
  EXPECT_EQ(loop.complete_all(),
            R"({"time":"2026-11-23T13:26:21.123456Z","unit":"web","run":3,"stream":"stdout","text":"\"}{\u001b"}
{"time":"2026-11-23T13:26:21.123456Z","unit":"web","run":3,"stream":"stderr","base64":"/w==","partial":true}
{"time":"2026-11-23T13:26:21.123456Z","unit":"web","stream":"supd","text":"note"}
)");
}

TEST(Console, P8_as_json_what_was_dropped_is_told_as_an_object) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {false, false, true}});
  EXPECT_TRUE(line(console, "web", {"one", LineEnd::newline}));
  loop.complete(0, EPIPE);
  EXPECT_FALSE(line(console, "web", {"two", LineEnd::newline}));
  loop.advance(Outlet::quiet_time);
  EXPECT_TRUE(line(console, "web", {"three", LineEnd::newline}));
  std::string out = loop.complete();
  EXPECT_EQ(out.substr(0, 9), R"({"time":")");
  EXPECT_NE(out.find(R"("unit":"+supd","stream":"supd","text":"2 lines dropped here: they could not be written"})"),
            std::string::npos)
      << out;
}

TEST(Console, NO_COLOR_is_honoured) {
  sys::UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master.valid()) GTEST_SKIP() << "needs a pseudo-terminal: mount devpts";
  ASSERT_EQ(::unlockpt(master.get()), 0);
  sys::UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(terminal.valid());
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  EXPECT_TRUE(Console::look_of(terminal.borrow()).terminal);
  EXPECT_TRUE(Console::look_of(terminal.borrow()).colour);
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_TRUE(Console::look_of(terminal.borrow()).terminal);
  EXPECT_FALSE(Console::look_of(terminal.borrow()).colour);
  ::unsetenv("NO_COLOR");
  EXPECT_FALSE(Console::look_of(some_fd().borrow()).colour);
}

TEST(Console, L11_P8_a_stalled_reader_costs_bounded_memory_and_counted_lines) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {}});
  line(console, "web", {"first", LineEnd::newline});
  std::string text(1000, 'x');
  for (int i = 0; i < 5000; ++i) line(console, "web", {text, LineEnd::newline});
  EXPECT_EQ(loop.writes.size(), 1U);
  std::uint64_t dropped = console.dropped();
  EXPECT_GT(dropped, 3000U);
  loop.complete();
  ASSERT_EQ(loop.writes.size(), 1U);
  EXPECT_LE(loop.writes[0].bytes.size(), Console::max_pending + 100);
  std::string out = loop.complete();
  EXPECT_NE(out.find("supd: " + std::to_string(dropped) + " lines dropped here"), std::string::npos);
  EXPECT_TRUE(console.idle());
  EXPECT_EQ(loop.overlapping_writes, 0);
}

TEST(Console, L10_a_closed_console_is_tried_once_per_second_and_only_with_lines) {
  FakeLoop loop;
  Console console(loop, {some_fd(), {}});
  line(console, "web", {"one", LineEnd::newline});
  loop.complete(0, EPIPE);
  for (int i = 0; i < 100; ++i) line(console, "web", {"two", LineEnd::newline});
  EXPECT_TRUE(loop.writes.empty());
  EXPECT_EQ(loop.timers(), 0U);
  EXPECT_EQ(console.dropped(), 101U);
  loop.advance(Outlet::quiet_time);
  line(console, "web", {"three", LineEnd::newline});
  ASSERT_EQ(loop.writes.size(), 1U);
  EXPECT_EQ(loop.complete(), "supd: 101 lines dropped here: they could not be written\nweb | three\n");
}

TEST(Console, L10_no_console_at_all) {
  FakeLoop loop;
  Console console(loop, {sys::UniqueFd(), {}});
  line(console, "web", {"one", LineEnd::newline});
  EXPECT_TRUE(loop.writes.empty());
  EXPECT_EQ(console.dropped(), 1U);
  EXPECT_FALSE(open_outlet(-1).valid());
}

TEST(Outlet, L17_a_pipe_of_others_stays_blocking_for_them) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  sys::UniqueFd reader(ends[0]), writer(ends[1]);
  sys::UniqueFd own = open_outlet(writer.get());
  ASSERT_TRUE(own.valid());
  EXPECT_EQ(::fcntl(writer.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(own.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Outlet, L11_without_a_loop_a_full_pipe_does_not_block) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  sys::UniqueFd reader(ends[0]), writer(ends[1]);
  std::string line(99, 'x');
  line += '\n';
  for (bool reopened : {true, false}) {
    Outlet outlet(reopened ? open_outlet(writer.get()) : sys::UniqueFd(::fcntl(writer.get(), F_DUPFD_CLOEXEC, 3)),
                  4096);
    for (int i = 0; i < 2000; ++i) outlet.write(line);
    EXPECT_GT(outlet.dropped(), 0U);
  }
}

TEST(Outlet, Detached_with_lines_waiting_it_writes_them_itself) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  sys::UniqueFd reader(ends[0]);
  FakeLoop loop;
  Outlet outlet(sys::UniqueFd(ends[1]), 4096);
  outlet.attach(loop);
  outlet.write("one\n");
  outlet.write("two\n");
  outlet.detach();
  outlet.write("three\n");
  std::string out(100, '\0');
  ssize_t count = ::read(reader.get(), out.data(), out.size());
  ASSERT_GT(count, 0);
  EXPECT_EQ(out.substr(0, static_cast<std::size_t>(count)), "two\nthree\n");
  EXPECT_EQ(loop.complete(), "one\n");
}

}  // namespace
}  // namespace supd::log

#include "daemon/log/unit_output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "daemon/log/hub.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) std::abort();
    reader = ends[0];
    writer.reset(ends[1]);
  }
  int reader;  ///< owned by the stream that it is given to
  sys::UniqueFd writer;
};

class UnitOutputTest : public ::testing::Test {
 protected:
  using Texts = std::vector<std::string>;

  int attach(std::uint64_t run, Stream stream = Stream::out) {
    pipes.emplace_back();
    output.attach(RunId{run}, 4710 + static_cast<pid_t>(run), stream, sys::UniqueFd(pipes.back().reader));
    return pipes.back().reader;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> out;
    for (auto& record : log.tail(100)) {
      if (!record.note) out.push_back(record.text + (record.partial ? "+" : ""));
    }
    return out;
  }
  Texts notes() {
    Texts out;
    for (auto& record : log.tail(100)) {
      if (record.note) out.push_back(record.text);
    }
    return out;
  }

  ScratchDirectory directory;
  FakeLoop loop;
  RecordedEvents events;
  Hub hub{loop, events, {directory.path(), nullptr, FakeWall::read}};
  UnitLog log{hub, UnitId{1}, "web", [] {
                LogSpec spec;
                spec.file = false;
                return spec;
              }()};
  UnitOutput output{log};
  std::vector<Pipe> pipes;
};

TEST_F(UnitOutputTest, P5_bytes_up_to_the_end_of_the_pipe_are_logged) {
  int fd = attach(1);
  loop.feed(fd, "one\ntw");
  output.process_exited(RunId{1});
  loop.feed(fd, "o\nlast words");
  EXPECT_EQ(hub.open_streams, 1U);
  loop.end(fd);
  EXPECT_EQ(texts(), (Texts{"one", "two", "last words"}));
  EXPECT_EQ(output.open_streams(), 0U);
  EXPECT_EQ(hub.open_streams, 0U);
  EXPECT_EQ(loop.timers(), 0U);
  EXPECT_EQ(loop.fds_closed, 1);
}

TEST_F(UnitOutputTest, L14_stdout_closed_by_a_running_child_ends_once) {
  int out = attach(1), err = attach(1, Stream::err);
  loop.feed(out, "bye");
  loop.end(out);
  loop.feed(err, "still here\n");
  EXPECT_EQ(texts(), (Texts{"bye", "still here"}));
  EXPECT_EQ(output.open_streams(), 1U);
  output.process_exited(RunId{1});
  loop.end(err);
  EXPECT_EQ(output.open_streams(), 0U);
}

TEST_F(UnitOutputTest, L8_a_grandchild_keeps_the_pipe_for_a_grace_period) {
  int fd = attach(1);
  loop.feed(fd, "from the child\n");
  output.process_exited(RunId{1});
  loop.advance(OutputStream::grace - 1s);
  loop.feed(fd, "from the grandchild\n");
  loop.end_canceled();
  EXPECT_EQ(output.open_streams(), 1U);
  loop.advance(1s);
  loop.end_canceled();
  EXPECT_EQ(output.open_streams(), 0U);
  EXPECT_EQ(loop.fds_closed, 1);
  EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(UnitOutputTest, P5_what_is_left_in_the_pipe_at_the_end_of_the_grace_is_read) {
  attach(1);
  ASSERT_EQ(::write(pipes[0].writer.get(), "unread\nrest", 11), 11);
  output.process_exited(RunId{1});
  loop.advance(OutputStream::grace);
  loop.end_canceled();
  EXPECT_EQ(texts(), (Texts{"unread", "rest"}));
}

TEST_F(UnitOutputTest, L8_a_tree_that_is_gone_ends_the_wait_early) {
  attach(1);
  output.process_exited(RunId{1});
  output.tree_gone(RunId{1});
  loop.advance(OutputStream::gone_grace);
  loop.end_canceled();
  EXPECT_EQ(output.open_streams(), 0U);
}

TEST_F(UnitOutputTest, L8_the_next_run_does_not_wait_and_lines_do_not_mix) {
  int old_run = attach(1);
  loop.feed(old_run, "half of a li");
  output.process_exited(RunId{1});
  int new_run = attach(2);
  loop.feed(new_run, "new run\n");
  loop.feed(old_run, "ne\n");
  EXPECT_EQ(texts(), (Texts{"new run", "half of a line"}));
  EXPECT_EQ(notes(), (Texts{"run 2, pid 4712", "run 1, pid 4711"})) << "each before what is its own";
  output.tree_gone(RunId{1});
  loop.advance(OutputStream::gone_grace);
  loop.end_canceled();
  EXPECT_EQ(output.open_streams(), 1U) << "the new run's pipe stays";
}

TEST_F(UnitOutputTest, L6_after_silence_the_start_of_a_line_is_shown_once) {
  int fd = attach(1);
  loop.feed(fd, "Password: ");
  loop.advance(OutputStream::silence - 1ms);
  loop.feed(fd, "x");
  loop.advance(2ms);
  EXPECT_EQ(texts(), Texts{}) << "it was not silent for long enough";
  loop.advance(OutputStream::silence);
  EXPECT_EQ(texts(), Texts{"Password: x+"});
  EXPECT_EQ(loop.timers(), 0U) << "nothing wakes a silent stream";
  loop.advance(60s);
  loop.feed(fd, "yz\n");
  EXPECT_EQ(texts(), (Texts{"Password: x+", "yz"}));
  loop.advance(60s);
  EXPECT_EQ(texts().size(), 2U);
}

TEST_F(UnitOutputTest, P8_pipes_of_ended_runs_are_bounded_by_cutting_the_oldest) {
  for (std::uint64_t run = 1; run <= 50; ++run) {
    attach(run, Stream::out);
    attach(run, Stream::err);
    ASSERT_EQ(::write(pipes.back().writer.get(), "word\n", 5), 5);
    output.process_exited(RunId{run});
    loop.end_canceled();
    ASSERT_LE(output.open_streams(), UnitOutput::max_draining);
  }
  output.cut_all();
  loop.end_canceled();
  EXPECT_EQ(texts().size(), 50U) << "and nothing of them is lost";
  EXPECT_EQ(hub.cut_streams, 100U);
  EXPECT_EQ(loop.fds_closed, 100);
}

TEST_F(UnitOutputTest, Destroyed_with_open_pipes_it_closes_them_and_writes_the_tail) {
  {
    UnitOutput short_lived(log);
    Pipe pipe;
    short_lived.attach(RunId{9}, 4711, Stream::out, sys::UniqueFd(pipe.reader));
    loop.feed(pipe.reader, "tail");
    short_lived.process_exited(RunId{9});
  }
  EXPECT_EQ(texts(), Texts{"tail"});
  EXPECT_EQ(loop.streams() + loop.timers(), 0U);
  EXPECT_EQ(hub.open_streams, 0U);
}

TEST_F(UnitOutputTest, C1_a_new_run_follows_a_clock_that_was_set_back) {
  FakeWall::now_us = 100'000'000;
  int fd = attach(1);
  loop.feed(fd, "one\n");
  loop.end(fd);
  FakeWall::now_us = 50'000'000;
  fd = attach(2);
  loop.feed(fd, "two\n");
  EXPECT_EQ(log.tail(1).at(0).time_us, 50'000'000);
}

}  // namespace
}  // namespace supd::log

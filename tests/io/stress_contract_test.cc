/// Random operations against a model: whatever the engine and the order, each op ends exactly as often as
/// it should and no byte is lost, doubled or out of order. The seed is printed with a failure.

#include <poll.h>

#include <cerrno>
#include <cstdlib>
#include <random>

#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

class StressContract : public LoopContract {
 protected:
  struct Stream {
    Pipe pipe;
    Recorder sink;
    OpId id;
    std::string sent;
    bool closed = false;
    bool released = false;
  };
  struct Run {
    Child child;
    Recorder sink;
    OpId id;
    ExitStatus how;
    bool ended = false;
    bool canceled = false;
    bool released = false;
  };
  struct Timer {
    Recorder sink;
    OpId id;
    bool canceled = false;
    bool released = false;
  };

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::vector<std::unique_ptr<Run>> runs_;
  std::vector<std::unique_ptr<Timer>> timers_;
  std::uint64_t letters_ = 0;

  std::size_t draw(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }

  template <class T>
  T* any(std::vector<std::unique_ptr<T>>& from) {
    return from.empty() ? nullptr : from[draw(from.size())].get();
  }

  void open_stream() {
    auto stream = std::make_unique<Stream>();
    stream->pipe = world().pipe();
    stream->id =
        loop().read_stream(stream->pipe.reader.borrow(), draw(4) == 0 ? Lane::control : Lane::stream, stream->sink);
    streams_.push_back(std::move(stream));
  }

  void write_stream(Stream& stream) {
    if (stream.closed || stream.released) return;
    std::string text(1 + draw(draw(8) == 0 ? 30'000 : 200), 'a');
    for (char& letter : text) letter = static_cast<char>('a' + letters_++ % 26);
    const ssize_t size = world().write(stream.pipe.writer, text);
    if (size > 0) stream.sent += text.substr(0, static_cast<std::size_t>(size));
  }

  void close_stream(Stream& stream) {
    if (stream.closed) return;
    stream.closed = true;
    world().close(stream.pipe.writer);
  }

  void release_stream(Stream& stream) {
    if (stream.released || stream.sink.done()) return;
    stream.released = true;
    loop().release(stream.id, std::move(stream.pipe.reader));
  }

  void open_run() {
    if (runs_.size() >= 60) return;
    auto run = std::make_unique<Run>();
    run->child = world().start_child();
    run->id = loop().wait_child(run->child.pid, run->child.pidfd.borrow(), run->sink);
    runs_.push_back(std::move(run));
  }

  void end_run(Run& run) {
    if (run.ended) return;
    run.ended = true;
    run.how =
        draw(3) == 0 ? ExitStatus{ExitStatus::killed, 9} : ExitStatus{ExitStatus::exited, static_cast<int>(draw(256))};
    world().end_child(run.child, run.how);
  }

  void leave_run(Run& run) {
    if (run.released || run.canceled || run.sink.done()) return;
    if (draw(2) == 0) {
      run.canceled = true;
      loop().cancel(run.id);
    } else {
      run.released = true;
      loop().release(run.id);
    }
  }

  void open_timer() {
    auto timer = std::make_unique<Timer>();
    timer->id = loop().timer_at(world().clock() + Duration(draw(3'000'000)), timer->sink);
    timers_.push_back(std::move(timer));
  }

  void leave_timer(Timer& timer) {
    if (timer.released || timer.sink.done()) return;
    if (draw(2) == 0) {
      timer.canceled = true;
      loop().cancel(timer.id);
    } else {
      timer.released = true;
      loop().release(timer.id);
    }
  }

  void something() {
    Stream* stream = any(streams_);
    Run* run = any(runs_);
    Timer* timer = any(timers_);
    switch (draw(12)) {
      case 0: open_stream(); break;
      case 1:
        if (draw(4) == 0) open_run();
        break;
      case 2: open_timer(); break;
      case 3:
        if (stream != nullptr && draw(4) == 0) close_stream(*stream);
        break;
      case 4:
        if (stream != nullptr && draw(6) == 0) release_stream(*stream);
        break;
      case 5:
        if (run != nullptr && draw(2) == 0) end_run(*run);
        break;
      case 6:
        if (run != nullptr && draw(6) == 0) leave_run(*run);
        break;
      case 7:
        if (timer != nullptr) leave_timer(*timer);
        break;
      case 8: loop().turn(world().clock() + Duration(draw(200'000))); break;
      default:
        if (stream != nullptr) write_stream(*stream);
        break;
    }
  }

  void end_everything() {
    for (auto& stream : streams_) close_stream(*stream);
    for (auto& run : runs_) end_run(*run);
  }

  bool everything_ended() {
    for (auto& stream : streams_) {
      if (!stream->released && !stream->sink.done()) return false;
    }
    for (auto& run : runs_) {
      if (!run->released && !run->sink.done()) return false;
    }
    for (auto& timer : timers_) {
      if (!timer->released && !timer->sink.done()) return false;
    }
    return loop().stats().ops_in_flight == 0;
  }

  void check_streams() {
    for (auto& stream : streams_) {
      EXPECT_EQ(stream->sink.terminals, stream->released ? 0 : 1);
      if (stream->released) {
        EXPECT_TRUE(stream->sent.starts_with(stream->sink.bytes));
      } else {
        EXPECT_TRUE(stream->sent == stream->sink.bytes);
        EXPECT_EQ(stream->sink.end, StreamEnd::eof);
      }
    }
  }

  void check_runs_and_timers() {
    for (auto& run : runs_) {
      EXPECT_EQ(run->sink.terminals, run->released ? 0 : 1);
      if (run->sink.done() && run->sink.error == 0) {
        EXPECT_EQ(run->sink.exit, run->how);
      }
      if (run->sink.done() && run->sink.error != 0) {
        EXPECT_TRUE(run->canceled);
        EXPECT_EQ(run->sink.error, ECANCELED);
      }
      loop().release(OpId{}, std::move(run->child.pidfd));
    }
    for (auto& timer : timers_) {
      EXPECT_EQ(timer->sink.terminals, timer->released ? 0 : 1);
      if (timer->sink.canceled) {
        EXPECT_TRUE(timer->canceled);
      }
    }
  }
};

TEST_P(StressContract, P11_random_operations_keep_the_books_balanced) {
  const char* wanted = std::getenv("SUPD_TEST_SEED");
  const std::uint64_t seed = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("SUPD_TEST_SEED=" + std::to_string(seed));
  random_.seed(seed);
  for (int i = 0; i < 4000; ++i) something();
  end_everything();
  ASSERT_TRUE(until([&] { return everything_ended(); }));
  check_streams();
  check_runs_and_timers();
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
}

SUPD_IN_ALL_WORLDS(StressContract);

}  // namespace
}  // namespace supd::io::test

// SPDX-License-Identifier: GPL-2.0-only
/// How multishot reads end: by an error of the file, and by ends of files that workers see.

#include <sys/timerfd.h>

#include <array>
#include <cerrno>
#include <ctime>

#include "read_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t read_tag = ReadTrial::read_tag;

/// A timer that can be read with -ECANCELED once the clock has been set, and never otherwise.
Fd watch_of_the_clock() {
  Fd fd(::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  itimerspec never{};
  never.it_value.tv_sec = ::time(nullptr) + 1'000'000;
  if (::timerfd_settime(fd.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) != 0) return Fd();
  return fd;
}

/// A millisecond on, and back again. To what it shows would be no change where it shows whole ticks.
bool set_the_clock() {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) != 0) return false;
  timespec later = now;
  later.tv_nsec += 1'000'000;
  if (later.tv_nsec >= 1'000'000'000) later = {later.tv_sec + 1, later.tv_nsec - 1'000'000'000};
  return ::clock_settime(CLOCK_REALTIME, &later) == 0 && ::clock_settime(CLOCK_REALTIME, &now) == 0;
}

Outcome error_of_the_file() {
  const Fd clock = watch_of_the_clock();
  ReadTrial trial;
  trial.need(clock, "a timer");
  if (!trial.good()) return trial.outcome();
  trial.arm(clock.get());
  trial.nothing_more();
  if (!set_the_clock()) trial.not_supported("the clock can't be set: " + text_of_errno(errno));
  const Cqe cqe = trial.next_is(read_tag, -ECANCELED);
  trial.expect(!cqe.more(), "the error came with F_MORE");
  return trial.outcome();
}

/// In 6.1 what has no O_NONBLOCK is read by workers, and what they take of a group they can't give back.
Outcome ends_of_blocking_pipes() {
  ReadTrial trial(4, 64, {16, 0, true});
  for (int round = 0; round < 12 && trial.good(); ++round) {
    Pipe pipe = make_pipe(0);
    trial.need(pipe.reader, "a pipe");
    if (!trial.good()) break;
    pipe.writer.close();
    trial.arm(pipe.reader.get());
    const Cqe cqe = trial.next("the end of a file");
    trial.equal("the result at the end of a file, buffers that were not named being lost", cqe.res, 0);
    if (cqe.has_buffer()) trial.buffers().give(cqe.buffer());
  }
  return trial.outcome();
}

constexpr std::array checks{
    Check{"read-error", "an error of the file ends the read and is its result, -ECANCELED too", "", Need::useful,
          error_of_the_file},
    Check{"read-end-in-worker", "ends of files that are open without O_NONBLOCK take no buffers away", "", Need::useful,
          ends_of_blocking_pipes},
};

}  // namespace

std::span<const Check> read_end_checks() { return checks; }

}  // namespace conformance

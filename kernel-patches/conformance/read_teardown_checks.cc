// SPDX-License-Identifier: GPL-2.0-only
/// Rings and tasks that go while reads are armed, and ways to cancel reads.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

#include "read_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
using std::chrono::steady_clock;
constexpr std::uint64_t read_tag = ReadTrial::read_tag;
constexpr std::uint64_t cancel_tag = ReadTrial::cancel_tag;
constexpr std::uint64_t first_tag = 1000;

std::vector<Pipe> arm_pipes(ReadTrial& trial, std::size_t count) {
  std::vector<Pipe> pipes;
  for (std::size_t i = 0; i < count && trial.good(); ++i) {
    pipes.push_back(make_pipe());
    if (!pipes.back().valid()) trial.not_supported("not enough descriptors: " + text_of_errno(errno));
    if (trial.good()) trial.arm(pipes.back().reader.get(), first_tag + i);
  }
  return pipes;
}

/// True when nobody holds the other end any more, soon.
bool is_broken(const Pipe& pipe) {
  const auto until = steady_clock::now() + 5 * patience;
  while (steady_clock::now() < until) {
    if (::write(pipe.writer.get(), "x", 1) < 0 && errno == EPIPE) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

/// A ring that went lets go of the files it was reading.
Outcome ring_goes() {
  ::signal(SIGPIPE, SIG_IGN);
  for (int round = 0; round < 20; ++round) {
    ReadTrial trial(64, 64, {64, 1024});
    std::vector<Pipe> pipes = arm_pipes(trial, 32);
    trial.nothing_more();
    for (Pipe& pipe : pipes) pipe.reader.close();
    for (std::size_t i = 0; i < pipes.size(); i += 2) trial.expect(pipes[i].write("x"), "an armed read does not hold");
    trial.ring().abandon();
    for (const Pipe& pipe : pipes) {
      trial.expect(!trial.good() || is_broken(pipe), "a file is still held after its ring went");
    }
    if (!trial.good()) return trial.outcome();
  }
  return {};
}

int go_with_armed_reads(std::vector<Pipe>*& pipes) {
  static ReadTrial* trial = new ReadTrial(64, 64, {64, 1024});  // never destroyed: the exit does it all
  pipes = new std::vector<Pipe>(arm_pipes(*trial, 32));
  trial->nothing_more();
  return trial->good() ? 0 : 2;
}

Outcome task_goes() {
  ReadTrial trial;
  for (int round = 0; round < 50 && trial.good(); ++round) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      std::vector<Pipe>* pipes = nullptr;
      const int code = go_with_armed_reads(pipes);
      for (const Pipe& pipe : *pipes) pipe.write("x");
      ::_exit(code);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    trial.equal("the status of a process with armed reads", status, 0);
  }
  return trial.outcome();
}

Outcome task_is_killed() {
  ReadTrial trial;
  for (int round = 0; round < 50 && trial.good(); ++round) {
    const Pipe ready = make_pipe(0);
    const pid_t pid = ::fork();
    if (pid == 0) {
      std::vector<Pipe>* pipes = nullptr;
      const bool armed = go_with_armed_reads(pipes) == 0 && ready.write("x");
      while (armed) {
        for (const Pipe& pipe : *pipes) pipe.write("x");
      }
      ::_exit(1);
    }
    std::array<char, 1> byte{};
    trial.equal("a byte from the process", ::read(ready.reader.get(), byte.data(), 1), 1);
    ::kill(pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    trial.expect(WIFSIGNALED(status), "a process with armed reads was not killed");
  }
  return trial.outcome();
}

Outcome cancel_many() {
  constexpr int count = 200;
  ReadTrial trial(64, 64, {512, 2048});
  const std::vector<Pipe> pipes = arm_pipes(trial, count);
  trial.nothing_more();
  if (!trial.good()) return trial.outcome();
  prepare_cancel(trial.ring(), cancel_tag, 0).cancel_flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
  for (int i = 0; i <= count && trial.good(); ++i) {
    const Cqe cqe = trial.next("a cancelled read's or the cancel's");
    trial.equal(cqe.tag == cancel_tag ? "the cancel's result" : "the read's result", cqe.res,
                cqe.tag == cancel_tag ? count : -ECANCELED);
  }
  trial.nothing_more();
  return trial.outcome();
}

Outcome cancel_by_descriptor() {
  ReadTrial trial;
  const Pipe pipe = make_pipe();
  if (!trial.good()) return trial.outcome();
  trial.arm(pipe.reader.get());
  trial.nothing_more();
  io_uring_sqe& sqe = prepare_cancel(trial.ring(), cancel_tag, 0);
  sqe.fd = pipe.reader.get();
  sqe.cancel_flags = IORING_ASYNC_CANCEL_FD;
  for (int i = 0; i < 2; ++i) {
    const Cqe cqe = trial.next("the read's or the cancel's");
    trial.equal(cqe.tag == cancel_tag ? "the cancel's result" : "the read's result", cqe.res,
                cqe.tag == cancel_tag ? 0 : -ECANCELED);
  }
  return trial.outcome();
}

/// The bytes are in the pipe and the wake-up is noted when the cancel comes: they are read, or they stay.
Outcome cancel_behind_write() {
  ReadTrial trial;
  for (int round = 0; round < 200 && trial.good(); ++round) {
    const Pipe pipe = make_pipe();
    trial.arm(pipe.reader.get());
    trial.nothing_more();
    trial.expect(pipe.write("data"), "the pipe takes nothing");
    prepare_cancel(trial.ring(), cancel_tag, read_tag);
    std::string taken;
    int ends = 0;
    while (trial.good() && (ends < 1 || trial.ring().in_flight() > 0)) {
      const Cqe cqe = trial.next("the read's or the cancel's");
      if (cqe.tag != read_tag) continue;
      if (cqe.res > 0) taken += trial.buffers().bytes(cqe.buffer(), static_cast<std::size_t>(cqe.res));
      if (cqe.has_buffer()) trial.buffers().give(cqe.buffer());
      if (!cqe.more()) ++ends;
    }
    std::array<char, 16> left{};
    const ssize_t size = ::read(pipe.reader.get(), left.data(), left.size());
    if (size > 0) taken.append(left.data(), static_cast<std::size_t>(size));
    trial.is_text(taken, "data");
    trial.equal("last completions of the read", ends, 1);
  }
  return trial.outcome();
}

/// The group goes while a read is armed that takes its buffers from there.
Outcome group_goes() {
  ReadTrial trial;
  const Pipe pipe = make_pipe();
  if (!trial.good()) return trial.outcome();
  trial.arm(pipe.reader.get());
  trial.nothing_more();
  trial.equal("unregistering", io_uring_unregister_buf_ring(trial.ring().raw(), trial.buffers().group()), 0);
  trial.expect(pipe.write("data"), "the pipe takes nothing");
  trial.next_is(read_tag, -ENOBUFS);
  return trial.outcome();
}

constexpr std::array checks{
    Check{"read-ring-closed", "a ring can be closed with armed reads, and lets go of their files", "", Need::useful,
          ring_goes},
    Check{"read-task-exit", "a process can end with armed reads and data on the way", "", Need::useful, task_goes},
    Check{"read-task-killed", "a process can be killed with armed reads while it writes", "", Need::useful,
          task_is_killed},
    Check{"read-cancel-all", "cancelling everything ends two hundred armed reads and tells their number", "",
          Need::useful, cancel_many},
    Check{"read-cancel-by-fd", "a cancel by descriptor ends the read", "", Need::useful, cancel_by_descriptor},
    Check{"read-cancel-behind-write", "a cancel after a write leaves one last completion and loses no byte", "",
          Need::useful, cancel_behind_write},
    Check{"read-group-gone", "a read whose group was unregistered ends with -ENOBUFS", "", Need::useful, group_goes},
};

}  // namespace

std::span<const Check> read_teardown_checks() { return checks; }

}  // namespace conformance

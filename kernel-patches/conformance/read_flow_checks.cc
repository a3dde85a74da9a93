// SPDX-License-Identifier: GPL-2.0-only
/// Much data, many pipes, many buffers, and a completion queue that runs over.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "read_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t read_tag = ReadTrial::read_tag;
constexpr std::uint64_t first_tag = 1000;

/// Bytes that differ everywhere within a few kilobytes.
std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& letter : text) {
    state = state * 1664525U + 1013904223U;
    letter = static_cast<char>(state >> 24U);
  }
  return text;
}

/// Writes as much of `text` from `at` on as the pipe takes.
std::size_t feed(const Pipe& pipe, std::string_view text, std::size_t at) {
  const ssize_t size = ::write(pipe.writer.get(), text.data() + at, text.size() - at);
  return size > 0 ? at + static_cast<std::size_t>(size) : at;
}

Outcome carries_much(unsigned buffers, std::size_t bytes_each, unsigned flags = 0) {
  ReadTrial trial(buffers, bytes_each);
  Pipe pipe = make_pipe();
  if (!trial.good()) return trial.outcome();
  const std::string text = pattern(1 << 20);
  std::string taken;
  std::size_t written = feed(pipe, text, 0);
  trial.arm(pipe.reader.get()).flags |= static_cast<std::uint8_t>(flags);
  while (trial.good() && taken.size() < text.size()) {
    written = feed(pipe, text, written);
    trial.expect(trial.take_some(pipe.reader.get(), taken), "the file ended early");
  }
  trial.is_text(taken, text);
  pipe.writer.close();
  while (trial.good() && trial.take_some(pipe.reader.get(), taken)) {
  }
  trial.equal("bytes in all", static_cast<std::int64_t>(taken.size()), static_cast<std::int64_t>(text.size()));
  return trial.outcome();
}

Outcome much_in_small() { return carries_much(64, 100); }
Outcome much_in_large() { return carries_much(16, 64 << 10); }
Outcome much_in_few() { return carries_much(1, 4096); }

/// From a worker nothing may be posted but the last completion, so it must go on by itself in our task.
Outcome in_worker() {
  ReadTrial trial;
  const Pipe pipe = make_pipe();
  trial.expect(pipe.valid(), "no pipe");
  std::string taken;
  std::string written;
  if (trial.good()) trial.arm(pipe.reader.get()).flags |= IOSQE_ASYNC;
  for (const std::string_view text : {"one", "two", "three"}) {
    trial.nothing_more();
    trial.expect(pipe.write(text), "the pipe takes nothing");
    written += text;
    while (trial.good() && taken.size() < written.size()) trial.take_some(pipe.reader.get(), taken);
  }
  trial.is_text(taken, written);
  return trial.outcome();
}

/// It has to be multishot there, too: data with F_MORE, time after time.
Outcome in_worker_stays_armed() {
  ReadTrial trial;
  const Pipe pipe = make_pipe();
  trial.expect(pipe.valid(), "no pipe");
  if (trial.good()) trial.arm(pipe.reader.get()).flags |= IOSQE_ASYNC;
  for (const std::string_view text : {"one", "two", "three"}) {
    trial.nothing_more();
    trial.expect(pipe.write(text), "the pipe takes nothing");
    trial.is_text(trial.take(ReadTrial::read_tag, text.size()), text);
  }
  return trial.outcome();
}

Outcome in_worker_with_data() { return carries_much(16, 4096, IOSQE_ASYNC); }

/// Eight places for completions and 64 one-byte reads: what does not fit ends the read or is kept, never lost.
Outcome completions_run_over() {
  ReadTrial trial(64, 1, {4, 8});
  Pipe pipe = make_pipe();
  if (!trial.good()) return trial.outcome();
  const std::string text = pattern(64);
  std::string taken;
  trial.arm(pipe.reader.get());
  trial.equal("submitting", trial.ring().submit(), 0);
  trial.expect(pipe.write(text), "the pipe took less than was written");
  for (int i = 0; i < 4; ++i) io_uring_get_events(trial.ring().raw());
  pipe.writer.close();
  while (trial.good() && trial.take_some(pipe.reader.get(), taken)) {
  }
  trial.is_text(taken, text);
  return trial.outcome();
}

std::vector<Pipe> many_pipes(ReadTrial& trial, std::size_t count) {
  std::vector<Pipe> pipes;
  while (trial.good() && pipes.size() < count) {
    pipes.push_back(make_pipe());
    if (!pipes.back().valid()) trial.not_supported("not enough descriptors: " + text_of_errno(errno));
  }
  return pipes;
}

void take_one_round(ReadTrial& trial, std::vector<std::string>& taken) {
  for (std::size_t i = 0; i < taken.size() && trial.good(); ++i) {
    const Cqe cqe = trial.next("data of one of many pipes");
    const std::size_t at = static_cast<std::size_t>(cqe.tag) - first_tag;
    trial.expect(cqe.res == 8 && cqe.has_buffer() && cqe.more() && at < taken.size(),
                 "a completion is not as expected");
    if (!trial.good()) return;
    taken[at] += trial.buffers().bytes(cqe.buffer(), 8);
    trial.buffers().give(cqe.buffer());
  }
}

Outcome a_thousand_pipes() {
  constexpr std::size_t count = 1000;
  ReadTrial trial(2048, 64, {1024, 8192});
  const std::vector<Pipe> pipes = many_pipes(trial, count);
  if (!trial.good()) return trial.outcome();
  for (std::size_t i = 0; i < count; ++i) trial.arm(pipes[i].reader.get(), first_tag + i);
  trial.nothing_more();
  for (std::uint32_t round = 0; round < 5 && trial.good(); ++round) {
    std::vector<std::string> taken(count);
    const auto text_of = [&](std::size_t i) {
      const std::array<std::uint32_t, 2> words{round, static_cast<std::uint32_t>(i)};
      return std::string(reinterpret_cast<const char*>(words.data()), sizeof words);
    };
    for (std::size_t i = 0; i < count; ++i) trial.expect(pipes[i].write(text_of(i)), "a pipe takes nothing");
    take_one_round(trial, taken);
    for (std::size_t i = 0; i < count && trial.good(); ++i) trial.is_text(taken[i], text_of(i));
  }
  return trial.outcome();
}

/// Each buffer of a ring of `count` is used once, in the order in which it was given.
void use_every_buffer(ReadTrial& trial, unsigned count) {
  const Pipe pipe = make_pipe();
  trial.expect(pipe.valid(), "no pipe");
  if (!trial.good()) return;
  trial.expect(pipe.write(pattern(count + 1U)), "the pipe took less than was written");
  trial.arm(pipe.reader.get());
  for (unsigned id = 0; id < count && trial.good(); ++id) {
    const Cqe cqe = trial.next("data in buffer " + std::to_string(id) + " of " + std::to_string(count));
    if (trial.good() && cqe.res == 1 && !cqe.more()) trial.arm(pipe.reader.get());  // the completion queue was full
    trial.equal("the result", cqe.res, 1);
    trial.equal("the buffer", cqe.buffer(), static_cast<int>(id));
  }
  while (trial.good() && trial.ring().in_flight() > 0) {
    trial.equal("the result without buffers", trial.next("the end for want of buffers").res, -ENOBUFS);
  }
}

Outcome every_ring_size() {
  for (unsigned count = 1; count <= 32768; count *= 2) {
    ReadTrial trial(count, 1, {16, std::max(32U, 2 * count)});
    use_every_buffer(trial, count);
    if (!trial.good()) return trial.outcome();
  }
  return {};
}

constexpr std::string_view fix_retries =
    "c79f52f (io_uring/rw: ensure poll based multishot read retries appropriately)";
constexpr std::string_view fix_worker = "70581dc (io_uring: fix mshot read defer taskrun cqe posting)";

constexpr std::array checks{
    Check{"read-much-small-buffers", "a megabyte comes in order through buffers of 100 bytes", fix_retries,
          Need::useful, much_in_small},
    Check{"read-much-large-buffers", "a megabyte comes in order through buffers of 64 KiB", "", Need::useful,
          much_in_large},
    Check{"read-much-one-buffer", "a megabyte comes in order through one buffer", fix_retries, Need::useful,
          much_in_few},
    Check{"read-in-worker", "with IOSQE_ASYNC on an empty pipe the data come, without a warning of the kernel",
          fix_worker, Need::useful, in_worker},
    Check{"read-in-worker-armed", "with IOSQE_ASYNC the read stays armed", fix_worker, Need::useful,
          in_worker_stays_armed},
    Check{"read-in-worker-data", "with IOSQE_ASYNC on a full pipe a megabyte comes in order", fix_worker, Need::useful,
          in_worker_with_data},
    Check{"read-overflow", "a completion queue that runs over loses nothing", "", Need::useful, completions_run_over},
    Check{"read-thousand-pipes", "a thousand pipes are read at once from one group", "", Need::useful,
          a_thousand_pipes},
    Check{"read-every-ring-size", "buffer rings of 1 to 32768 hand out each buffer once and in order", fix_retries,
          Need::useful, every_ring_size},
};

}  // namespace

std::span<const Check> read_flow_checks() { return checks; }

}  // namespace conformance

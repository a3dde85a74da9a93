// SPDX-License-Identifier: GPL-2.0-only
/// Pipes that are written, cancelled, armed again and closed at random. Each carries a count, so that a byte that is
/// lost, doubled or out of order shows.

#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "read_trial.hpp"
#include "storm.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t first_tag = 1000;
constexpr std::uint64_t cancel_base = 2000;

struct Stream {
  Pipe pipe = make_pipe();
  std::uint8_t written = 0;  ///< the next byte to go in
  std::uint8_t seen = 0;     ///< the next byte to come out
  bool armed = false;
  bool ended = false;
};

class ReadStorm {
 public:
  explicit ReadStorm(std::size_t bytes_each) : trial_(32, bytes_each, {64, 512}), streams_(16) {}

  Outcome run() {
    while (trial_.good() && storm_.goes_on()) {
      for (unsigned i = storm_.below(32); i > 0 && trial_.good(); --i) disturb(storm_.below(16));
      take_what_is_there();
    }
    for (std::size_t i = 0; i < streams_.size(); ++i) finish(i);
    return trial_.outcome();
  }

 private:
  void disturb(std::size_t i) {
    Stream& stream = streams_[i];
    if (!stream.armed && !stream.ended) arm(i);
    switch (storm_.below(8)) {
      case 0: prepare_cancel(trial_.ring(), cancel_base + i, first_tag + i); break;
      case 1: trial_.ring().submit(); break;
      case 2:
        if (storm_.below(8) == 0) replace(i);
        break;
      default: write(stream);
    }
  }

  void arm(std::size_t i) {
    trial_.arm(streams_[i].pipe.reader.get(), first_tag + i);
    streams_[i].armed = true;
  }

  void write(Stream& stream) {
    std::array<std::uint8_t, 200> bytes{};
    const std::size_t size = 1 + storm_.below(bytes.size());
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(stream.written + i);
    const ssize_t done = ::write(stream.pipe.writer.get(), bytes.data(), size);
    if (done > 0) stream.written = static_cast<std::uint8_t>(stream.written + done);
  }

  /// Closes the pipe for writing, takes the rest and the end, and opens another one.
  void replace(std::size_t i) {
    finish(i);
    streams_[i] = Stream{};
    trial_.expect(streams_[i].pipe.valid(), "no pipe");
  }

  void finish(std::size_t i) {
    Stream& stream = streams_[i];
    stream.pipe.writer.close();
    while (trial_.good() && !stream.ended) {
      if (!stream.armed) arm(i);
      note(trial_.next("the end of a file"));
    }
    trial_.equal("the last byte of a pipe", stream.seen, stream.written);
  }

  void take_what_is_there() {
    while (trial_.good()) {
      const auto cqe = trial_.ring().next_at_once();
      if (!cqe) return;
      note(*cqe);
    }
  }

  void note(const Cqe& cqe) {
    if (!trial_.good() || cqe.tag < first_tag || cqe.tag >= cancel_base) return;
    Stream& stream = streams_.at(static_cast<std::size_t>(cqe.tag - first_tag));
    if (cqe.res > 0) {
      trial_.expect(cqe.has_buffer(), "data came without F_BUFFER");
      if (!trial_.good()) return;
      for (const char byte : trial_.buffers().bytes(cqe.buffer(), static_cast<std::size_t>(cqe.res))) {
        trial_.equal("a byte", static_cast<std::uint8_t>(byte), stream.seen++);
      }
    }
    if (cqe.has_buffer()) trial_.buffers().give(cqe.buffer());
    const bool usual = cqe.res >= 0 || cqe.res == -ECANCELED || cqe.res == -ENOBUFS;
    if (!usual) trial_.equal("the result of a read", cqe.res, 0);
    if (cqe.more()) return;
    stream.armed = false;
    stream.ended = cqe.res == 0;
  }

  ReadTrial trial_;
  Storm storm_;
  std::vector<Stream> streams_;
};

Outcome small_buffers() { return ReadStorm(16).run(); }
Outcome large_buffers() { return ReadStorm(4096).run(); }

constexpr std::array checks{
    Check{"read-storm-small", "writes, cancels and closes at random lose no byte with buffers of 16 bytes", "",
          Need::useful, small_buffers},
    Check{"read-storm-large", "writes, cancels and closes at random lose no byte with buffers of 4 KiB", "",
          Need::useful, large_buffers},
};

}  // namespace

std::span<const Check> read_storm_checks() { return checks; }

}  // namespace conformance

#pragma once

/// One run of a check: a ring, what is expected of it, and the first thing that was not as expected.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/io/kernel/buffers.hpp"
#include "daemon/io/kernel/check.hpp"
#include "daemon/io/kernel/child.hpp"
#include "daemon/io/kernel/limits.hpp"
#include "daemon/io/kernel/requests.hpp"

namespace supd::kernel {

/// After the first failure the expectations are no longer looked at and waits end at once, so a check can be
/// written as a straight line. Children of a check are declared after its trial: they go first.
class Trial {
 public:
  /// Not supported when the ring can't be set up or does not know `opcode`.
  explicit Trial(std::uint8_t opcode, RingShape shape = {});

  Ring& ring() { return ring_; }
  bool good() const { return outcome_.verdict == Verdict::pass; }
  Outcome outcome() const { return outcome_; }

  void fail(std::string detail);
  void not_supported(std::string why);

  /// Fails with `what` unless `true_one`.
  void expect(bool true_one, std::string_view what);
  void equal(std::string_view what, std::int64_t seen, std::int64_t wanted);
  void expect_valid(const Child& child);

  /// The group 1 of `count` buffers, none of them given to the kernel yet.
  Buffers& provide(unsigned count, std::size_t bytes_each);
  Buffers& buffers() { return *buffers_; }

  /// Submits, and takes the next completion, which has to come.
  Cqe next(std::string_view what, std::chrono::milliseconds limit = patience);
  /// The same, and it must have this tag and this result.
  Cqe next_is(std::uint64_t tag, int res);
  /// What is due has been posted, and still the next completion is that of a NOP made now: so nothing else came.
  void nothing_more();

  /// Takes completions of a read until `count` bytes have come, all in buffers and with F_MORE; returns them.
  /// The buffers are given back when `recycle`.
  std::string take(std::uint64_t tag, std::size_t count, bool recycle = true);

  /// The result of an armed waitid is this.
  void child_is(pid_t pid, int code, int status);

  /// Where the kernel puts what it knows of a child. It lives as long as the ring.
  siginfo_t info{};

 private:
  Outcome outcome_;
  Ring ring_;
  std::unique_ptr<Buffers> buffers_;
};

/// "ENOBUFS (No buffer space available)", or "-" and the number for a result that is no error known here.
std::string text_of_errno(int code);

/// Why a ring can't be set up: the errno, and what the system says about it.
std::string why_no_ring(int code);

}  // namespace supd::kernel

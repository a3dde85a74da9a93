#pragma once

/// One io_uring instance (io_uring(7)): set up, submission entries, entering the kernel, completions.
/// Belongs to the thread that makes it and does not survive into a forked child.

#include <liburing.h>

#include <memory>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"
#include "units/base/time.hpp"

namespace supd::io::uring {

/// Sizes, with defaults for a supervisor of a thousand units; tests make them tiny.
struct Options {
  unsigned sq_entries = 256;
  unsigned cq_entries = 2048;  ///< at least 4 × sq_entries; rounded up to a power of two
  unsigned buffer_count = 32;  ///< a power of two, 32768 at most
  unsigned buffer_bytes = 64 * 1024;
  unsigned completions_per_turn = 1024;  ///< the rest waits for the next turn
  bool wait_outside = false;             ///< wait in ppoll(2) as on kernels without IORING_ENTER_NO_IOWAIT
};

class Ring {
 public:
  /// With the best set of setup flags that the kernel takes.
  static Result<std::unique_ptr<Ring>> open(const Options& options);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Entries that can be filled before submit() must be called.
  [[nodiscard]] unsigned space() const { return io_uring_sq_space_left(&ring_); }
  /// The next entry, zeroed. Only when there is space().
  io_uring_sqe& entry();
  /// Hands what was filled to the kernel without waiting. Errno value: EBUSY or EAGAIN when it must be
  /// tried again later; the entries stay.
  int submit();
  /// Submits, then waits for a completion, for `timeout` at most (never() waits for ever, zero does not
  /// wait). Everything that can go wrong here passes: EINTR, ETIME, EBUSY, EAGAIN.
  void submit_and_wait(Duration timeout);
  /// Makes completions that the kernel keeps aside (overflow, task work) appear.
  void fetch();

  [[nodiscard]] bool ready() const { return io_uring_cq_ready(&ring_) > 0; }
  [[nodiscard]] bool overflowed() const { return io_uring_cq_has_overflow(&ring_); }
  /// The oldest completion, or nullptr. Valid until seen().
  [[nodiscard]] const io_uring_cqe* completion();
  void seen() { io_uring_cq_advance(&ring_, 1); }

  /// Errno value of an io_uring_enter(2) that no later try can mend (a seccomp filter); 0: none so far.
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] io_uring* raw() { return &ring_; }

 private:
  Ring() = default;
  int setup(const Options& options, unsigned flags);
  /// Publishes filled entries; how many the kernel has not taken yet.
  unsigned publish();
  int enter(unsigned submit, unsigned wait, unsigned flags, Duration timeout);
  void open_event();
  void wait_outside(Duration timeout);

  io_uring ring_{};
  bool is_set_up_ = false;
  sys::UniqueFd event_;  ///< valid: wait for this instead of in io_uring_enter
  unsigned enter_flags_ = 0;
  int error_ = 0;
};

}  // namespace supd::io::uring

#pragma once

/// A ring as supd sets it up, with waits that always end.

#include <liburing.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/io/kernel/limits.hpp"

namespace supd::kernel {

/// A completion. `tag` is the user_data of its request.
struct Cqe {
  std::uint64_t tag = 0;
  int res = 0;
  std::uint32_t flags = 0;

  bool more() const { return (flags & IORING_CQE_F_MORE) != 0; }
  bool has_buffer() const { return (flags & IORING_CQE_F_BUFFER) != 0; }
  std::uint16_t buffer() const { return static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT); }
};

struct RingShape {
  unsigned entries = 16;
  unsigned completions = 0;  ///< size of the completion queue, 0: as the kernel chooses
  bool plain = false;        ///< without SINGLE_ISSUER and DEFER_TASKRUN
};

/// For tests of the checks: sees each completion before its check does, may change it, and says false to hide it.
using Distortion = bool (*)(Cqe&);
void distort_completions(Distortion distortion);

/// Owns a ring and knows which requests have not ended. Its destructor cancels those one by one and waits for
/// them, so that nothing is in flight when the ring goes; a waitid's child should be gone by then.
class Ring {
 public:
  explicit Ring(RingShape shape = {});
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  int error() const { return error_; }  ///< the errno of setting up, 0: it is there
  bool deferred() const { return (ring_.flags & IORING_SETUP_DEFER_TASKRUN) != 0; }
  bool knows(std::uint8_t opcode);
  io_uring* raw() { return &ring_; }

  /// An entry of the submission queue, all zero but for the opcode and the tag, to be submitted with the next submit().
  /// The tag is one that no other request in flight has, and not 0.
  io_uring_sqe& request(std::uint8_t opcode, std::uint64_t tag);

  /// 0, or the errno.
  int submit();

  /// Lets the kernel post what is due: with DEFER_TASKRUN it does so only when it is asked.
  void run_deferred_work();

  /// Submits what is waiting and takes the next completion; none when the time is over. One that is there but for
  /// which the kernel did not wake us does not count either.
  std::optional<Cqe> next(std::chrono::milliseconds limit = patience);

  /// The next completion that is already there, after the kernel had its chance to post some.
  std::optional<Cqe> next_at_once();

  /// Requests whose last completion was not taken yet.
  std::size_t in_flight() const { return in_flight_.size(); }

  /// Closes the ring as it is, whatever is in flight.
  void abandon();

 private:
  std::optional<Cqe> take();
  void drain();

  io_uring ring_{};
  int error_ = 0;
  std::vector<std::uint64_t> in_flight_;
};

}  // namespace supd::kernel

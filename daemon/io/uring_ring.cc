#include "daemon/io/uring_ring.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "daemon/io/uring_opcodes.hpp"
#include "units/base/assert.hpp"

namespace supd::io::uring {
namespace {

constexpr unsigned sizing = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;

/// Best first. DEFER_TASKRUN (6.1) batches the kernel's work into our turns; SUBMIT_ALL (5.18) keeps one
/// bad entry from holding up the others.
constexpr std::array flag_sets = {
    sizing | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
    sizing | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN,
    sizing,
};

__kernel_timespec kernel_time(Duration length) { return {.tv_sec = length / 1s, .tv_nsec = (length % 1s).count()}; }

}  // namespace

Result<std::unique_ptr<Ring>> Ring::open(const Options& options) {
  std::unique_ptr<Ring> ring(new Ring);
  int error = 0;
  for (const unsigned flags : flag_sets) {
    error = ring->setup(options, flags);
    if (error != EINVAL) break;  // anything else will not get better with fewer flags
  }
  if (error != 0) return std::unexpected(errno_error("io_uring_setup", {}, error));
  const unsigned needed = IORING_FEAT_EXT_ARG | IORING_FEAT_NODROP;
  if ((ring->ring_.features & needed) != needed) return std::unexpected(errno_error("io_uring features", {}, ENOSYS));
  io_uring_ring_dontfork(&ring->ring_);
  const bool no_iowait = (ring->ring_.features & feature_no_iowait) != 0;
  ring->enter_flags_ = no_iowait ? enter_no_iowait : 0;
  if (options.wait_outside || !no_iowait) ring->open_event();
  return ring;
}

Ring::~Ring() {
  if (is_set_up_) io_uring_queue_exit(&ring_);
}

int Ring::setup(const Options& options, unsigned flags) {
  io_uring_params params{};
  params.flags = flags;
  params.cq_entries = options.cq_entries;
  const int rc = io_uring_queue_init_params(options.sq_entries, &ring_, &params);
  if (rc < 0) return -rc;
  is_set_up_ = true;
  // Entry i is always described by element i of the index array (newer libraries do without the array),
  // so that publishing is one store.
  if (ring_.sq.array != nullptr) {
    for (unsigned i = 0; i < params.sq_entries; ++i) ring_.sq.array[i] = i;
  }
  return 0;
}

/// Not the ring's own fd: with DEFER_TASKRUN its poll does not wake up for work that is only pending.
/// Without an eventfd the wait is accounted as I/O wait, which is a blemish and no more.
void Ring::open_event() {
  event_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (event_.valid() && io_uring_register_eventfd(&ring_, event_.get()) != 0) event_.reset();
}

io_uring_sqe& Ring::entry() {
  io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
  SUPD_ASSERT(sqe != nullptr);
  std::memset(sqe, 0, sizeof *sqe);
  return *sqe;
}

unsigned Ring::publish() {
  ring_.sq.sqe_head = ring_.sq.sqe_tail;
  std::atomic_ref(*ring_.sq.ktail).store(ring_.sq.sqe_tail, std::memory_order_release);
  return ring_.sq.sqe_tail - std::atomic_ref(*ring_.sq.khead).load(std::memory_order_acquire);
}

int Ring::submit() {
  while (const unsigned waiting = publish()) {
    const int rc = enter(waiting, 0, 0, Duration{0});
    if (rc < 0 && rc != -EINTR) return -rc;
    if (rc == 0) return EAGAIN;
  }
  return 0;
}

void Ring::submit_and_wait(Duration timeout) {
  if (!event_.valid() || timeout == Duration{0} || ready()) {
    enter(publish(), timeout == Duration{0} ? 0 : 1, IORING_ENTER_GETEVENTS, timeout);
    return;
  }
  // Forget old events before looking: what completes after the look is signalled anew.
  std::uint64_t count = 0;
  static_cast<void>(::read(event_.get(), &count, sizeof count));
  enter(publish(), 0, IORING_ENTER_GETEVENTS, Duration{0});
  if (ready() || overflowed() || publish() > 0) return;
  wait_outside(timeout);
  fetch();
}

void Ring::fetch() { enter(0, 0, IORING_ENTER_GETEVENTS, Duration{0}); }

const io_uring_cqe* Ring::completion() {
  io_uring_cqe* cqe = nullptr;
  unsigned head = 0;
  io_uring_for_each_cqe(&ring_, head, cqe) return cqe;
  return nullptr;
}

int Ring::enter(unsigned submit, unsigned wait, unsigned flags, Duration timeout) {
  __kernel_timespec time = kernel_time(timeout);
  io_uring_getevents_arg arg{};
  if (wait > 0 && timeout != Duration::max()) arg.ts = reinterpret_cast<std::uintptr_t>(&time);
  if (wait > 0) flags |= enter_flags_;
  // liburing declares the argument as a signal set; with EXT_ARG the kernel takes it for what it is.
  const int rc = io_uring_enter2(static_cast<unsigned>(ring_.ring_fd), submit, wait, flags | IORING_ENTER_EXT_ARG,
                                 reinterpret_cast<sigset_t*>(&arg), sizeof arg);
  const bool passes =
      rc >= 0 || rc == -ETIME || rc == -EINTR || rc == -EBUSY || rc == -EAGAIN || rc == -ENOMEM || rc == -EBADR;
  if (!passes) error_ = -rc;
  return rc;
}

void Ring::wait_outside(Duration timeout) {
  pollfd event{.fd = event_.get(), .events = POLLIN, .revents = 0};
  const timespec time{.tv_sec = timeout / 1s, .tv_nsec = (timeout % 1s).count()};
  ::ppoll(&event, 1, timeout == Duration::max() ? nullptr : &time, nullptr);
}

}  // namespace supd::io::uring

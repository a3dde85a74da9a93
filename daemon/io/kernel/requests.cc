#include "daemon/io/kernel/requests.hpp"

#include <poll.h>

#include <bit>

#include "daemon/io/uring_opcodes.hpp"

namespace supd::kernel {

io_uring_sqe& prepare_waitid(Ring& ring, std::uint64_t tag, WaitFor what, siginfo_t* info) {
  io_uring_sqe& sqe = ring.request(io::uring::op_waitid, tag);
  sqe.len = what.idtype;
  sqe.fd = what.id;
  sqe.file_index = what.options;
  sqe.addr2 = reinterpret_cast<std::uintptr_t>(info);
  return sqe;
}

io_uring_sqe& prepare_read(Ring& ring, std::uint64_t tag, int fd, std::uint16_t group) {
  io_uring_sqe& sqe = ring.request(io::uring::op_read_multishot, tag);
  sqe.fd = fd;
  sqe.off = ~std::uint64_t{0};  // the file's own position
  sqe.flags = IOSQE_BUFFER_SELECT;
  sqe.buf_group = group;
  return sqe;
}

io_uring_sqe& prepare_poll(Ring& ring, std::uint64_t tag, int fd) {
  io_uring_sqe& sqe = ring.request(IORING_OP_POLL_ADD, tag);
  sqe.fd = fd;
  const auto events = static_cast<std::uint32_t>(POLLIN);
  // The ABI wants the two halves the other way round on big-endian machines.
  sqe.poll32_events = std::endian::native == std::endian::big ? std::rotl(events, 16) : events;
  return sqe;
}

io_uring_sqe& prepare_cancel(Ring& ring, std::uint64_t tag, std::uint64_t target) {
  io_uring_sqe& sqe = ring.request(IORING_OP_ASYNC_CANCEL, tag);
  sqe.fd = -1;
  sqe.addr = target;
  return sqe;
}

io_uring_sqe& prepare_nop(Ring& ring, std::uint64_t tag) { return ring.request(IORING_OP_NOP, tag); }

}  // namespace supd::kernel

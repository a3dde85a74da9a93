/// What IORING_OP_READ_MULTISHOT refuses. All on pipes, or on files that are refused before they are read.

#include <fcntl.h>
#include <sys/mman.h>

#include <array>
#include <cerrno>

#include "daemon/io/kernel/check.hpp"
#include "daemon/io/kernel/fd.hpp"
#include "daemon/io/kernel/trial.hpp"
#include "daemon/io/uring_opcodes.hpp"

namespace supd::kernel {
namespace {

constexpr std::uint64_t read_tag = 41;

struct RuleTrial : Trial {
  RuleTrial() : Trial(io::uring::op_read_multishot) {
    if (good()) provide(2, 64);
    expect(pipe.valid() && pipe.write("text"), "no pipe");
    if (good()) buffers().give_all();
  }
  io_uring_sqe& arm(int fd) { return prepare_read(ring(), read_tag, fd, buffers().group()); }
  io_uring_sqe& arm() { return arm(pipe.reader.get()); }

  Pipe pipe = make_pipe();
};

Outcome buffers_are_a_must() {
  RuleTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm().flags = 0;
  trial.next_is(read_tag, -EINVAL);
  return trial.outcome();
}

Outcome address_is_refused() {
  RuleTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm().addr = reinterpret_cast<std::uintptr_t>(&trial);
  trial.next_is(read_tag, -EINVAL);
  return trial.outcome();
}

Outcome length_is_refused() {
  RuleTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm().len = 64;
  trial.next_is(read_tag, -EINVAL);
  return trial.outcome();
}

Outcome refuses_file(const Fd& file) {
  RuleTrial trial;
  if (trial.good() && !file.valid()) trial.not_supported("can't open the file: " + text_of_errno(errno));
  if (!trial.good()) return trial.outcome();
  trial.arm(file.get());
  trial.next_is(read_tag, -EBADFD);
  return trial.outcome();
}

Outcome regular_file() { return refuses_file(Fd(::memfd_create("supd check", MFD_CLOEXEC))); }

Outcome null_device() { return refuses_file(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC))); }

Outcome bad_descriptor() {
  RuleTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm(-1);
  trial.next_is(read_tag, -EBADF);
  return trial.outcome();
}

Outcome empty_group() {
  RuleTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.provide(2, 64);
  trial.arm();
  trial.next_is(read_tag, -ENOBUFS);
  return trial.outcome();
}

Outcome unknown_group() {
  RuleTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm().buf_group = 999;
  trial.next_is(read_tag, -ENOBUFS);
  return trial.outcome();
}

constexpr std::string_view fix_of_fields = "49fbe99 (io_uring: do not allow multishot read to set addr or len)";

constexpr std::array checks{
    Check{"read-needs-buffers", "without IOSQE_BUFFER_SELECT it is -EINVAL",
          "0df96fb (io_uring/rw: don't attempt to allocate async data if opcode doesn't need it)", Need::useful,
          buffers_are_a_must},
    Check{"read-address", "an address is -EINVAL", fix_of_fields, Need::useful, address_is_refused},
    Check{"read-length", "a length is -EINVAL", fix_of_fields, Need::useful, length_is_refused},
    Check{"read-regular-file", "a regular file is -EBADFD", "", Need::useful, regular_file},
    Check{"read-null-device", "/dev/null is -EBADFD", "", Need::useful, null_device},
    Check{"read-bad-descriptor", "a descriptor that is not open is -EBADF", "", Need::useful, bad_descriptor},
    Check{"read-empty-group", "a group without buffers is -ENOBUFS at once", "", Need::useful, empty_group},
    Check{"read-unknown-group", "a group that was never registered is -ENOBUFS at once", "", Need::useful,
          unknown_group},
};

}  // namespace

std::span<const Check> read_rule_checks() { return checks; }

}  // namespace supd::kernel

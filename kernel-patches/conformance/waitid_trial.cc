// SPDX-License-Identifier: GPL-2.0-only
#include "waitid_trial.hpp"

#include <cerrno>

namespace conformance {

void WaitTrial::limit_last(std::uint64_t tag, __kernel_timespec& limit) {
  io_uring_sqe& sqe = ring().request(IORING_OP_LINK_TIMEOUT, tag);
  sqe.fd = -1;
  sqe.addr = reinterpret_cast<std::uintptr_t>(&limit);
  sqe.len = 1;
}

void WaitTrial::expect_cancelled(const Child& child) {
  for (int i = 0; i < 2 && good(); ++i) {
    const Cqe cqe = next("the waitid's, or of what ends it");
    if (cqe.tag == wait_tag) equal("the waitid's result", cqe.res, -ECANCELED);
  }
  child.finish(0);
  expect(!good() || child.wait_for_zombie(), "the child can't be waited for after the end of its waitid");
}

Children start_children(Trial& trial, std::size_t count) {
  Children children;
  while (trial.good() && children.size() < count) {
    children.push_back(std::make_unique<Child>());
    trial.expect_valid(*children.back());
  }
  return children;
}

}  // namespace conformance

// SPDX-License-Identifier: GPL-2.0-only
#include "read_trial.hpp"

#include <cerrno>

namespace conformance {

void ReadTrial::is_text(std::string_view seen, std::string_view wanted) {
  if (seen == wanted) return;
  std::size_t same = 0;
  while (same < seen.size() && same < wanted.size() && seen[same] == wanted[same]) ++same;
  fail("read " + std::to_string(seen.size()) + " bytes, not the " + std::to_string(wanted.size()) +
       " that were written, or others from byte " + std::to_string(same) + " on");
}

void ReadTrial::need(const Fd& fd, std::string_view name) {
  if (!fd.valid()) not_supported(std::string(name) + " can't be opened: " + supd::kernel::text_of_errno(errno));
}

bool ReadTrial::take_some(int fd, std::string& taken) {
  const Cqe cqe = next("data behind " + std::to_string(taken.size()) + " bytes");
  if (!good()) return false;
  if (cqe.has_buffer()) {
    if (cqe.res > 0) taken += buffers().bytes(cqe.buffer(), static_cast<std::size_t>(cqe.res));
    buffers().give(cqe.buffer());
  }
  expect(cqe.res <= 0 || cqe.has_buffer(), "data came without F_BUFFER");
  expect(cqe.res >= 0 || cqe.res == -ENOBUFS, "a read ended with error " + std::to_string(-cqe.res));
  if (cqe.res == 0) return false;
  if (!cqe.more() && good()) arm(fd, cqe.tag);
  return good();
}

}  // namespace conformance

#include "daemon/io/kernel/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace supd::kernel {

void Fd::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool Pipe::write(std::string_view bytes) const {
  return ::write(writer.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
}

Pipe make_pipe() { return make_pipe(O_NONBLOCK); }

Pipe make_pipe(int flags) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), flags | O_CLOEXEC) != 0) return {};
  return {Fd(ends[0]), Fd(ends[1])};
}

}  // namespace supd::kernel

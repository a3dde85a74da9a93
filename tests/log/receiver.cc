#include "tests/log/receiver.hpp"

#include <fcntl.h>

#include <array>

namespace supd::log {

std::string Receiver::content(sys::UniqueFd file) {
  seals = ::fcntl(file.get(), F_GET_SEALS);
  std::string out;
  std::array<char, 65536> buffer{};
  for (;;) {
    ssize_t count = ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(out.size()));
    if (count <= 0) return out;
    out.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace supd::log

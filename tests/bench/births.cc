#include "tests/bench/births.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <system_error>

namespace supd::bench {

std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

// O_RDWR: there is always a writer, so no end of file, and children never wait for a reader.
Births::Births(const std::string& path) : path_(path) {
  if (::mkfifo(path.c_str(), 0600) != 0) throw std::system_error(errno, std::generic_category(), path);
  fifo_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fifo_.valid()) throw std::system_error(errno, std::generic_category(), path);
  // Room for the births of thousands at once, so that no child waits either.
  ::fcntl(fifo_.get(), F_SETPIPE_SZ, 1024 * 1024);
}

std::vector<Birth> Births::take(std::size_t count, Duration longest) {
  std::vector<Birth> births;
  std::array<Birth, 512> some{};
  std::uint64_t deadline = now_ns() + static_cast<std::uint64_t>(longest.count());
  while (births.size() < count) {
    std::uint64_t now = now_ns();
    pollfd readable{fifo_.get(), POLLIN, 0};
    if (now >= deadline || ::poll(&readable, 1, static_cast<int>((deadline - now) / 1'000'000 + 1)) < 0) {
      throw std::runtime_error("only " + std::to_string(births.size()) + " of " + std::to_string(count) +
                               " children were born in time");
    }
    if (readable.revents == 0) continue;
    std::size_t most = std::min(some.size(), count - births.size());
    // Records are written whole (PIPE_BUF), so they are read whole.
    ssize_t got = ::read(fifo_.get(), some.data(), most * sizeof(Birth));
    if (got > 0) births.insert(births.end(), some.begin(), some.begin() + got / static_cast<ssize_t>(sizeof(Birth)));
  }
  return births;
}

std::uint64_t last_of(const std::vector<Birth>& births) {
  std::uint64_t last = 0;
  for (const auto& birth : births) last = std::max(last, birth.time_ns);
  return last;
}

}  // namespace supd::bench

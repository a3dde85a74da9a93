#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "daemon/log/format/stamp.hpp"
#include "tests/bench/bare.hpp"
#include "tests/bench/logs/readers.hpp"

namespace supd::bench {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

struct Pipe {
  sys::UniqueFd reader, writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {sys::UniqueFd(ends[0]), sys::UniqueFd(ends[1])};
}

class BareReader final : public LogReader {
 public:
  [[nodiscard]] std::string name() const override { return "bare"; }

  Reading read(const Load& load) override {
    integration::Scratch scratch;
    Births births(scratch.file("births"));
    Gate gate(scratch, births);
    pipes_.clear();
    std::vector<BareChild> children;
    for (std::size_t i = 0; i < load.writers; ++i) {
      Pipe pipe = make_pipe();
      Words words(gate.command(load, i));
      children.push_back(bare_spawn(words.argv(), pipe.writer.get()));
      pipes_.push_back(std::move(pipe.reader));
    }
    sys::UniqueFd file(::open(scratch.file("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file.valid()) fail("open");
    gate.wait_for_all(load.writers);
    std::uint64_t start = gate.open();
    Duration cpu = own_cpu();
    std::uint64_t lines = copy(file.get());
    Reading reading{.seconds = static_cast<double>(now_ns() - start) / 1e9, .lines = lines};
    reading.cpu_seconds = std::chrono::duration<double>(own_cpu() - cpu).count();
    for (const auto& child : children) bare_reap(child);
    return reading;
  }

 private:
  /// Returns how many bytes came, in lines: to count them would be work that a bare reader has not.
  std::uint64_t copy(int file) {
    sys::UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    for (std::size_t i = 0; i < pipes_.size(); ++i) {
      epoll_event event{EPOLLIN, {.u64 = i}};
      if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, pipes_[i].get(), &event) != 0) fail("epoll_ctl");
    }
    auto buffer = std::make_unique<std::array<char, log::stamp_size + 1 + 65536>>();
    std::array<epoll_event, 64> events{};
    std::uint64_t bytes = 0;
    for (std::size_t open = pipes_.size(); open > 0;) {
      int ready = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) {
        auto& pipe = pipes_[events[static_cast<std::size_t>(i)].data.u64];
        std::size_t got = copy_once(pipe.get(), *buffer, file);
        bytes += got;
        if (got != 0) continue;
        pipe.reset();
        --open;
      }
    }
    return bytes / 100;
  }

  template <class Buffer>
  std::size_t copy_once(int from, Buffer& buffer, int file) {
    constexpr std::size_t head = log::stamp_size + 1;
    ssize_t got = ::read(from, buffer.data() + head, buffer.size() - head);
    if (got <= 0) return 0;
    std::memcpy(buffer.data(), stamper_.text(log::wall_clock_us()).data(), log::stamp_size);
    buffer[head - 1] = ' ';
    ssize_t size = static_cast<ssize_t>(head) + got;
    if (::write(file, buffer.data(), static_cast<std::size_t>(size)) != size) fail("write");
    return static_cast<std::size_t>(got);
  }

  std::vector<sys::UniqueFd> pipes_;
  log::Stamper stamper_;
};

}  // namespace

std::unique_ptr<LogReader> bare_reader() { return std::make_unique<BareReader>(); }

}  // namespace supd::bench

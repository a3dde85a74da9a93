/// What a person sees: how long a line takes to `supctl logs -f`, and what a flood leaves in memory.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "tests/bench/context.hpp"
#include "tests/bench/logs/load.hpp"
#include "tests/bench/subject.hpp"

namespace supd::bench {
namespace {

constexpr std::uint64_t ns_per_ms = 1'000'000;

std::string words(const std::vector<std::string>& argv) {
  std::string out = "[";
  for (const auto& word : argv) out += (out.size() > 1 ? ", '" : "'") + word + "'";
  return out + "]";
}

/// The lines of `child tick`: each is the time at which it was written, in 20 digits.
class Ticks {
 public:
  explicit Ticks(int fd) : fd_(fd) {}

  /// Milliseconds from the write of each line to its arrival here, of those written after `since`.
  std::vector<double> delays(std::size_t count, std::uint64_t since) {
    std::vector<double> out;
    while (out.size() < count) {
      pollfd readable{fd_, POLLIN, 0};
      if (::poll(&readable, 1, 10'000) != 1) throw std::runtime_error("supctl logs -f shows no more lines");
      std::array<char, 4096> some{};
      ssize_t got = ::read(fd_, some.data(), some.size());
      if (got <= 0) throw std::runtime_error("supctl logs -f has ended");
      std::uint64_t now = now_ns();
      rest_.append(some.data(), static_cast<std::size_t>(got));
      for (std::size_t end; (end = rest_.find('\n')) != std::string::npos; rest_.erase(0, end + 1)) {
        std::uint64_t written = 0;
        std::from_chars(rest_.data(), rest_.data() + end, written);
        if (written > since) out.push_back(static_cast<double>(now - written) / ns_per_ms);
      }
    }
    return out;
  }

 private:
  int fd_;
  std::string rest_;
};

std::vector<double> follow(const std::string& engine, std::size_t lines, const std::string& log) {
  Subject supd(engine);
  constexpr std::uint64_t warm_up_ns = 500 * ns_per_ms;
  supd.unit("tick", "kind = 'task'\ncommand = " +
                        words({child_program(), "tick", supd.births().path(), "0", std::to_string(lines + 200)}) +
                        "\n[log]\n" + log);
  supd.launch();
  static_cast<void>(supd.births().take(1));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  sys::UniqueFd reader(ends[0]), writer(ends[1]);
  integration::Program supctl({supctl_program(), "--socket", supd.socket(), "logs", "-f", "-o", "raw", "tick"},
                              {"", {{writer.get(), 1}}});
  writer.reset();
  std::vector<double> delays = Ticks(reader.get()).delays(lines, now_ns() + warm_up_ns);
  supctl.signal(SIGTERM);
  static_cast<void>(supctl.wait(10s));
  supd.stop();
  return delays;
}

/// PSS once all is written and it is quiet again, and the most that ever was resident; KB.
std::pair<double, double> memory_after(const std::string& engine, const Load& load) {
  Subject supd(engine);
  Gate gate(supd.scratch(), supd.births());
  for (std::size_t i = 0; i < load.writers; ++i) {
    supd.unit("w" + std::to_string(i), "kind = 'task'\ncommand = " + words(gate.command(load, i)) +
                                           "\n[log]\nto = ['file', 'memory']\nkeep = 1\n");
  }
  supd.launch();
  gate.wait_for_all(load.writers);
  gate.open();
  gate.wait_for_ends(load.writers);
  ::sleep(3);
  std::pair<double, double> out{supd.pss_kb(), supd.peak_kb()};
  supd.stop();
  return out;
}

}  // namespace

void measure_log_follow(const Context& context) {
  std::size_t lines = context.scaled(200);
  for (const auto& engine : context.engines) {
    for (const char* to : {"file", "memory"}) {
      auto delays = follow(engine, lines, "to = ['" + std::string(to) + "']\n");
      std::string what = std::string("write of a line to logs -f, ") + to;
      context.report.add({"follow", what + ", p50", engine, "ms", median(delays)});
      context.report.add({"follow", what + ", p99", engine, "ms", percentile(delays, 0.99)});
    }
  }
}

void measure_log_memory(const Context& context) {
  constexpr std::size_t gigabyte = 1'000'000'000;
  for (const auto& engine : context.engines) {
    for (std::size_t gigabytes : {1U, 10U}) {
      Load load{"", 10, 4096, context.scaled(gigabytes * gigabyte)};
      auto [quiet, peak] = memory_after(engine, load);
      std::string what = " after " + std::to_string(gigabytes) + (context.quick ? "00 MB" : " GB") + " of output";
      context.report.add({"flood", "PSS" + what, engine, "KB", quiet});
      context.report.add({"flood", "most resident memory" + what, engine, "KB", peak});
    }
  }
}

}  // namespace supd::bench

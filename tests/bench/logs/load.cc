#include "tests/bench/logs/load.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <system_error>

#include "tests/bench/context.hpp"

namespace supd::bench {
namespace {

namespace fs = std::filesystem;

template <class Visit>
void each_file(const std::string& directory, Visit visit) {
  std::error_code none;
  for (fs::recursive_directory_iterator at(directory, none), end; !none && at != end; at.increment(none)) {
    std::error_code gone;
    if (at->is_regular_file(gone)) visit(at->path());
  }
}

/// Counts the lines of a stream that comes in pieces.
class LineCount {
 public:
  LineCount(std::string_view tag, std::size_t tag_at) : tag_(tag), tag_at_(tag_at) {}

  void feed(std::string_view piece) {
    carry_ += piece;
    std::string_view rest = carry_;
    for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
      std::string_view line = rest.substr(0, end);
      if (tag_.empty() || (line.size() >= tag_at_ + tag_.size() && line.substr(tag_at_, tag_.size()) == tag_)) ++lines_;
    }
    carry_.erase(0, carry_.size() - rest.size());
  }
  [[nodiscard]] std::uint64_t lines() const { return lines_; }

 private:
  std::string_view tag_;
  std::size_t tag_at_;
  std::string carry_;
  std::uint64_t lines_ = 0;
};

}  // namespace

Gate::Gate(const integration::Scratch& scratch, Births& births) : births_(births), path_(scratch.file("gate")) {
  if (::mkfifo(path_.c_str(), 0600) != 0) throw std::system_error(errno, std::generic_category(), path_);
}

std::vector<std::string> Gate::command(const Load& load, std::size_t slot) const {
  return {child_program(),
          "write",
          births_.path(),
          std::to_string(slot),
          std::to_string(load.size),
          std::to_string(load.writes()),
          path_};
}

/// Open to the end: who comes late to the gate finds it open.
std::uint64_t Gate::open() {
  std::uint64_t start = now_ns();
  fifo_.reset(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  if (!fifo_.valid()) throw std::system_error(errno, std::generic_category(), path_);
  return start;
}

void Gate::wait_for_ends(std::size_t writers) { static_cast<void>(births_.take(writers, 300s)); }

std::uint64_t bytes_below(const std::string& directory) {
  std::uint64_t sum = 0;
  each_file(directory, [&](const fs::path& file) {
    std::error_code none;
    std::uintmax_t size = fs::file_size(file, none);
    if (!none) sum += size;
  });
  return sum;
}

std::uint64_t wait_until_written(const std::string& directory, std::uint64_t bytes) {
  constexpr std::uint64_t patience_ns = 3'000'000'000;
  std::uint64_t size = 0, changed = now_ns();
  while (true) {
    std::uint64_t size_now = bytes_below(directory);
    if (size_now != size) changed = now_ns();
    size = size_now;
    if (size >= bytes || now_ns() > changed + patience_ns) return changed;
    ::usleep(1000);
  }
}

std::uint64_t lines_below(const std::string& directory, std::string_view tag, std::size_t tag_at) {
  std::uint64_t lines = 0;
  constexpr std::size_t piece = 1 << 20;
  auto buffer = std::make_unique<char[]>(piece);
  each_file(directory, [&](const fs::path& path) {
    sys::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    LineCount count(tag, tag_at);
    for (ssize_t got; (got = ::read(file.get(), buffer.get(), piece)) > 0;) {
      count.feed({buffer.get(), static_cast<std::size_t>(got)});
    }
    lines += count.lines();
  });
  return lines;
}

void wait_until_quiet(int pid) {
  constexpr int quiet_looks = 10, looks = 1000;
  Duration used = cpu_of(pid);
  for (int i = 0, quiet = 0; i < looks && quiet < quiet_looks; ++i) {
    ::usleep(20'000);
    Duration now = cpu_of(pid);
    quiet = now - used < 1ms ? quiet + 1 : 0;
    used = now;
  }
}

Duration cpu_of(int pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
    throw std::runtime_error("the CPU clock of " + std::to_string(pid) + " can't be read");
  }
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace supd::bench

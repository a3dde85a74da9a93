#pragma once

/// What the log parts of the benchmark let writers write, and what is read off whoever took it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/births.hpp"
#include "tests/integration/scratch.hpp"

namespace supd::bench {

/// `writers` processes that together write about `bytes`, `size` bytes at a time, in lines of 100 bytes.
struct Load {
  std::string name;
  std::size_t writers, size, bytes;

  [[nodiscard]] std::size_t writes() const { return bytes / writers / size; }
  /// Each writer also says "ready" beforehand, so that all files are there when it begins.
  static constexpr std::size_t greeting = 6;
  [[nodiscard]] std::uint64_t total() const { return (std::uint64_t{writes()} * size + greeting) * writers; }
  /// The last line of each write is short where `size` is no multiple of 100.
  [[nodiscard]] std::uint64_t lines() const { return (std::uint64_t{writes()} * ((size + 99) / 100) + 1) * writers; }
};

/// One pass of one reader over one load.
struct Reading {
  double seconds = 0;       ///< from the first write until the last byte was in its file
  double cpu_seconds = 0;   ///< of the supervisor's side: all its processes and threads, not the writers
  std::uint64_t lines = 0;  ///< found in the files afterwards
};

/// Where the writers wait until all of them are there, and where they tell their births and ends.
class Gate {
 public:
  Gate(const integration::Scratch& scratch, Births& births);

  /// The command line of writer number `slot`.
  [[nodiscard]] std::vector<std::string> command(const Load& load, std::size_t slot) const;
  /// Waits until all writers are there.
  void wait_for_all(std::size_t writers) { static_cast<void>(births_.take(writers)); }
  /// Lets them go, and returns the time.
  std::uint64_t open();
  /// Waits until all have written everything.
  void wait_for_ends(std::size_t writers);

 private:
  Births& births_;
  std::string path_;
  sys::UniqueFd fifo_;
};

/// Bytes in all files below `directory`.
[[nodiscard]] std::uint64_t bytes_below(const std::string& directory);
/// Waits until the files below `directory` hold `bytes` or have stopped to grow. Returns the time of that.
std::uint64_t wait_until_written(const std::string& directory, std::uint64_t bytes);

/// Lines in all files below `directory`; with `tag`, only those that have it at `tag_at`.
[[nodiscard]] std::uint64_t lines_below(const std::string& directory, std::string_view tag = {},
                                        std::size_t tag_at = 0);

/// Waits until the process has used no CPU for a moment: what it had to do at start is done.
void wait_until_quiet(int pid);

/// User and system time of a process, all threads.
[[nodiscard]] Duration cpu_of(int pid);

}  // namespace supd::bench

/// Output: from the writers' pipes into log files.

#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "tests/bench/bare.hpp"
#include "tests/bench/context.hpp"
#include "tests/bench/subject.hpp"

namespace supd::bench {
namespace {

/// `writers` processes that together write `bytes`, `size` bytes at a time, in lines of 100 bytes.
struct Load {
  std::string name;
  std::size_t writers, size, bytes;
  [[nodiscard]] std::size_t writes() const { return bytes / writers / size; }
  [[nodiscard]] std::size_t total() const { return writes() * size * writers; }
  [[nodiscard]] std::vector<std::string> command(const std::string& fifo, std::size_t slot) const {
    return {child_program(), "write", fifo, std::to_string(slot), std::to_string(size), std::to_string(writes())};
  }
};

struct Throughput {
  std::vector<double> mb_per_s, cpu_s_per_gb;
  std::uint64_t dropped = 0;  ///< lines, in all runs
  void add(double bytes, double seconds, double cpu_seconds) {
    mb_per_s.push_back(bytes / 1e6 / seconds);
    cpu_s_per_gb.push_back(cpu_seconds / (bytes / 1e9));
  }
};

void bare_run(const Load& load, Throughput& got) {
  integration::Scratch scratch;
  Births births(scratch.file("births"));
  std::vector<Words> writers;
  for (std::size_t i = 0; i < load.writers; ++i) writers.emplace_back(load.command(births.path(), i));
  BareRead read = bare_read(writers, scratch.file("log"));
  if (read.bytes != load.total()) throw std::runtime_error("the bare reader lost bytes");
  got.add(static_cast<double>(read.bytes), read.seconds, read.cpu_seconds);
}

std::string toml_array(const std::vector<std::string>& words) {
  std::string out = "[";
  for (const auto& word : words) out += (out.size() > 1 ? ", '" : "'") + word + "'";
  return out + "]";
}

std::uint64_t logged_bytes(const Subject& supd, std::size_t writers) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < writers; ++i) {
    std::error_code none;
    std::filesystem::directory_iterator files(supd.scratch().file("logs/w" + std::to_string(i)), none);
    for (const auto& file : files) {
      std::uintmax_t size = file.file_size(none);
      if (!none) sum += size;
    }
  }
  return sum;
}

/// The time at which the files stopped to grow: with all that was written in them, or with less when
/// lines were dropped. Looks at the files and not at supd, which shall not have to answer meanwhile.
std::uint64_t wait_until_written(const Subject& supd, const Load& load) {
  std::uint64_t size = 0, changed = now_ns();
  while (true) {
    std::uint64_t now_size = logged_bytes(supd, load.writers);
    if (now_size != size) changed = now_ns();
    size = now_size;
    std::uint64_t quiet = size >= load.total() ? 100'000'000U : 2'000'000'000U;
    if (now_ns() > changed + quiet) return changed;
    ::usleep(2000);
  }
}

void supd_run(const std::string& engine, const Load& load, Throughput& got) {
  Subject supd(engine);
  for (std::size_t i = 0; i < load.writers; ++i) {
    supd.unit("w" + std::to_string(i),
              "kind = 'task'\nenabled = false\ncommand = " + toml_array(load.command(supd.births().path(), i)) +
                  "\n[log]\nto = ['file']\nkeep = 0\n");
  }
  supd.launch();
  Duration cpu = supd.cpu();
  proto::Params params;
  params.units = {"*"};
  params.wait = false;
  if (auto answer = supd.client().call("start", params); !answer) throw std::runtime_error(answer.error().text);
  std::uint64_t start = supd.births().take(1).front().time_ns;
  std::uint64_t end = wait_until_written(supd, load);
  double used = std::chrono::duration<double>(supd.cpu() - cpu).count();
  for (std::size_t i = 0; i < load.writers; ++i) got.dropped += supd.status("w" + std::to_string(i)).log_dropped;
  got.add(static_cast<double>(load.total()), static_cast<double>(end - start) / 1e9, used);
  supd.stop();
}

}  // namespace

void measure_logs(const Context& context) {
  const std::size_t megabyte = 1'000'000;
  const std::vector<Load> loads{
      {"1 writer, 100 bytes at a time", 1, 100, context.scaled(200 * megabyte)},
      {"100 writers, 100 bytes at a time", 100, 100, context.scaled(300 * megabyte)},
      {"1 writer, 64 KiB at a time", 1, 65536, context.scaled(500 * megabyte)},
  };
  constexpr int runs = 3;
  for (const auto& load : loads) {
    Throughput floor;
    for (int i = 0; i < runs; ++i) bare_run(load, floor);
    for (const auto& engine : context.engines) {
      Throughput got;
      for (int i = 0; i < runs; ++i) supd_run(engine, load, got);
      context.report.add({"logs", load.name, engine, "MB/s", median(got.mb_per_s), median(floor.mb_per_s)});
      context.report.add(
          {"logs", "CPU for that", engine, "s/GB", median(got.cpu_s_per_gb), median(floor.cpu_s_per_gb)});
    }
  }
}

}  // namespace supd::bench

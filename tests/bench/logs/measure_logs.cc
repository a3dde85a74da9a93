/// Output: from the writers' pipes into stamped and rotated log files, beside the others of the field.

#include <sys/mman.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cstdio>

#include "tests/bench/context.hpp"
#include "tests/bench/logs/readers.hpp"

namespace supd::bench {
namespace {

constexpr std::size_t megabyte = 1'000'000;

struct Results {
  std::vector<double> mb_per_s, cpu_s_per_gb;
  std::uint64_t lost = 0;
};

/// A virtual machine gets its memory when it touches it for the first time, at a hundredth of the speed: that would be
/// measured with whoever happens to write into fresh pages.
void touch_memory() {
  constexpr std::size_t enough = 12'000 * megabyte;
  struct sysinfo info {};
  if (::sysinfo(&info) != 0) return;
  std::size_t bytes = std::min(enough, info.freeram * info.mem_unit / 4 * 3);
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory != MAP_FAILED) ::munmap(memory, bytes);
}

void run(LogReader& reader, const Load& load, Results& results) {
  Reading reading = reader.read(load);
  auto bytes = static_cast<double>(load.total());
  results.mb_per_s.push_back(bytes / 1e6 / reading.seconds);
  results.cpu_s_per_gb.push_back(reading.cpu_seconds / (bytes / 1e9));
  if (reading.lines < load.lines()) results.lost += load.lines() - reading.lines;
}

/// All readers take turns, so that a busy spell of the machine does not fall on one alone.
void compare(const Context& context, const std::string& part, const Load& load,
             const std::vector<std::unique_ptr<LogReader>>& readers) {
  if (!load.name.contains(context.only)) return;
  std::vector<Results> results(readers.size());
  for (int i = 0; i < (context.quick ? 1 : 3); ++i) {
    for (std::size_t at = 0; at < readers.size(); ++at) run(*readers[at], load, results[at]);
  }
  double floor_speed = median(results.front().mb_per_s), floor_cpu = median(results.front().cpu_s_per_gb);
  for (std::size_t at = 0; at < readers.size(); ++at) {
    const Results& got = results[at];
    std::string name = readers[at]->name();
    context.report.add({part, load.name, name, "MB/s", median(got.mb_per_s), floor_speed});
    context.report.add({part, load.name, name, "s/GB", median(got.cpu_s_per_gb), floor_cpu});
    // The bare reader counts bytes: its last lines are short.
    if (at != 0) context.report.add({part, load.name, name, "lost", static_cast<double>(got.lost)});
  }
}

using Readers = std::vector<std::unique_ptr<LogReader>>;

void add_if_there(Readers& readers, std::unique_ptr<LogReader> reader) {
  if (std::string missing = reader->missing(); !missing.empty()) {
    std::printf("  %s is not measured: it is not installed here (%s)\n", reader->name().c_str(), missing.c_str());
  } else {
    readers.push_back(std::move(reader));
  }
}

Readers ours(const Context& context) {
  Readers readers;
  readers.push_back(bare_reader());
  for (const auto& engine : context.engines) readers.push_back(supd_reader(engine));
  return readers;
}

}  // namespace

void measure_logs(const Context& context) {
  touch_memory();
  Readers readers = ours(context);
  for (const auto& engine : context.engines) {
    readers.push_back(supd_reader(engine, engine + " raw", "format = 'raw'\n"));
  }
  add_if_there(readers, s6_log_reader());
  add_if_there(readers, svlogd_reader());
  add_if_there(readers, supervisord_reader());
  const std::size_t much = context.scaled(300 * megabyte);
  const std::size_t more = context.scaled(500 * megabyte);
  const std::vector<Load> loads{
      {"1 writer, a write per line", 1, 100, much},    {"1 writer, 4 KiB writes", 1, 4096, more},
      {"1 writer, 64 KiB writes", 1, 65536, more},     {"100 writers, a write per line", 100, 100, much},
      {"100 writers, 4 KiB writes", 100, 4096, more},  {"1000 writers, a write per line", 1000, 100, much},
      {"1000 writers, 4 KiB writes", 1000, 4096, more}};
  for (const auto& load : loads) compare(context, "logs", load, readers);
}

void measure_log_curve(const Context& context) {
  touch_memory();
  Readers readers = ours(context);
  for (std::size_t writers : {1U, 3U, 10U, 30U, 100U, 300U, 1000U}) {
    Load load{std::to_string(writers) + " writers, a write per line", writers, 100, context.scaled(200 * megabyte)};
    compare(context, "curve", load, readers);
  }
}

}  // namespace supd::bench

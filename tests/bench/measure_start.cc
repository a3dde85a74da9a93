/// Starting and stopping many units at once.

#include <signal.h>

#include "tests/bench/bare.hpp"
#include "tests/bench/context.hpp"
#include "tests/bench/subject.hpp"

namespace supd::bench {
namespace {

/// Samples of several runs.
struct Samples {
  std::vector<double> start_ms, start_cpu_ms, stop_ms, stop_cpu_ms;
};

double ms_of(Duration length) { return std::chrono::duration<double, std::milli>(length).count(); }

void bare_run(std::size_t count, Samples& samples) {
  integration::Scratch scratch;
  Births births(scratch.file("births"));
  Words words({child_program(), "birth", births.path(), "0"});
  std::vector<BareChild> children;
  Duration cpu = own_cpu();
  std::uint64_t start = now_ns();
  for (std::size_t i = 0; i < count; ++i) children.push_back(bare_spawn(words.argv()));
  samples.start_cpu_ms.push_back(ms_of(own_cpu() - cpu));
  samples.start_ms.push_back(static_cast<double>(last_of(births.take(count)) - start) / 1e6);
  cpu = own_cpu();
  start = now_ns();
  // Unreaped children: their pids are pinned.
  for (const auto& child : children) ::kill(child.pid, SIGTERM);
  for (const auto& child : children) bare_reap(child);
  samples.stop_cpu_ms.push_back(ms_of(own_cpu() - cpu));
  samples.stop_ms.push_back(static_cast<double>(now_ns() - start) / 1e6);
}

void supd_run(const std::string& engine, std::size_t count, Samples& samples) {
  Subject supd(engine);
  supd.fleet(count, no_logs());
  std::uint64_t start = supd.launch();
  samples.start_ms.push_back(static_cast<double>(last_of(supd.births().take(count)) - start) / 1e6);
  samples.start_cpu_ms.push_back(ms_of(supd.cpu()));
  Ended ended = supd.stop();
  samples.stop_ms.push_back(ended.wall_ms);
  samples.stop_cpu_ms.push_back(ended.cpu_ms);
}

void report(const Context& context, const std::string& engine, std::size_t count, const Samples& got,
            const Samples& floor) {
  std::string all = std::to_string(count) + " units";
  auto add = [&](const std::string& what, const std::vector<double>& values, const std::vector<double>& bare) {
    context.report.add({"start and stop", what, engine, "ms", median(values), median(bare)});
  };
  add("launch until " + all + " run", got.start_ms, floor.start_ms);
  add("supd's CPU for that", got.start_cpu_ms, floor.start_cpu_ms);
  add("SIGTERM until " + all + " and supd are gone", got.stop_ms, floor.stop_ms);
  add("supd's CPU for that", got.stop_cpu_ms, floor.stop_cpu_ms);
}

}  // namespace

void measure_start(const Context& context) {
  for (std::size_t count : context.fleets({100, 1000, 4000})) {
    std::size_t runs = count > 1000 ? 3 : 7;
    Samples floor;
    for (std::size_t i = 0; i < runs; ++i) bare_run(count, floor);
    for (const auto& engine : context.engines) {
      Samples got;
      for (std::size_t i = 0; i < runs; ++i) supd_run(engine, count, got);
      report(context, engine, count, got, floor);
    }
  }
}

}  // namespace supd::bench

/// What the core alone needs: no process, no loop, no file.

#include <memory>
#include <stdexcept>

#include "tests/bench/births.hpp"
#include "tests/bench/context.hpp"
#include "units/supervisor.hpp"

namespace supd::bench {
namespace {

std::vector<SpecPtr> chain(std::size_t length) {
  std::vector<SpecPtr> specs;
  for (std::size_t i = 0; i < length; ++i) {
    UnitSpec spec;
    spec.name = "unit" + std::to_string(i);
    if (i > 0) spec.depends.push_back({.unit = "unit" + std::to_string(i - 1)});
    specs.push_back(std::make_shared<const UnitSpec>(std::move(spec)));
  }
  return specs;
}

/// Every spawn succeeds at once.
void answer_spawns(Supervisor& core, Actions actions) {
  while (!actions.empty()) {
    Actions next;
    for (const Action& action : actions) {
      if (action.kind != ActionKind::spawn) continue;
      core.fact(action.unit, Event::of_run(EventKind::spawned, action.run), Instant{2s}, next);
    }
    actions = std::move(next);
  }
}

Supervisor started(const std::vector<SpecPtr>& specs) {
  auto core = Supervisor::load(specs);
  if (!core) throw std::runtime_error(core.error().front().message);
  Actions actions;
  core->boot(Instant{1s}, actions);
  answer_spawns(*core, std::move(actions));
  return std::move(*core);
}

double ms_since(std::uint64_t start) { return static_cast<double>(now_ns() - start) / 1e6; }

double reconfigure_ms(Supervisor& core, const std::vector<SpecPtr>& specs) {
  Reconfiguration change{specs, {}};
  Actions actions;
  std::uint64_t start = now_ns();
  if (!core.reconfigure(std::move(change), Instant{3s}, actions)) throw std::runtime_error("reconfigure");
  return ms_since(start);
}

}  // namespace

void measure_core(const Context& context) {
  constexpr std::size_t length = 10'000;
  std::vector<SpecPtr> specs = chain(length);
  std::vector<double> start_ms, one_ms, all_ms;
  for (std::size_t i = 0; i < context.scaled(50); ++i) {
    std::uint64_t start = now_ns();
    Supervisor core = started(specs);
    start_ms.push_back(ms_since(start));
    std::vector<SpecPtr> other = specs;
    UnitSpec changed = *specs[length / 2];
    changed.description = "changed";
    other[length / 2] = std::make_shared<const UnitSpec>(std::move(changed));
    one_ms.push_back(reconfigure_ms(core, other));
    all_ms.push_back(reconfigure_ms(core, chain(length)));
  }
  context.report.add({"core", "10 000 units in a chain: load and start", "", "ms", median(start_ms)});
  context.report.add({"core", "10 000 units in a chain: one changed", "", "ms", median(one_ms)});
  context.report.add({"core", "10 000 units in a chain: all read anew", "", "ms", median(all_ms)});
}

}  // namespace supd::bench

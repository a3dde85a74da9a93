#include "tests/units/random_units.hpp"

#include <algorithm>
#include <csignal>
#include <iterator>
#include <numeric>

#include "tests/units/scenario.hpp"

namespace supd::testing {

UnitSpec random_spec(Rng& rng, std::size_t number, const std::vector<std::size_t>& others) {
  auto below = [&](std::uint64_t n) { return rng() % n; };
  std::vector<std::size_t> earlier;
  std::ranges::copy_if(others, std::back_inserter(earlier), [&](std::size_t other) { return other < number; });
  std::vector<Dependency> depends;
  for (std::size_t edges = earlier.empty() ? 0 : below(3); edges > 0; --edges) {
    auto relation = static_cast<Relation>(below(6));
    if (relation == Relation::before) relation = Relation::after;
    std::string unit = "u" + std::to_string(earlier[below(earlier.size())]);
    depends.push_back(on(relation, std::move(unit), static_cast<Condition>(below(4))));
  }
  UnitSpec spec = service("u" + std::to_string(number), depends);
  spec.kind = static_cast<Kind>(below(10) < 6 ? 0 : 1 + below(2));
  spec.enabled = below(10) < 8;
  spec.masked = below(12) == 0;
  spec.essential = below(40) == 0;
  spec.restart.policy = static_cast<RestartPolicy>(below(3));
  spec.restart.limit = static_cast<std::uint32_t>(below(4));
  spec.restart.delay = Duration{static_cast<std::int64_t>(below(3)) * 50'000'000};
  spec.restart.jitter = 0.5;
  if (spec.restart.limit == 0 && spec.restart.delay == Duration{0}) spec.restart.delay = 10ms;
  if (below(4) == 0) spec.restart.retry_after = 2s;
  spec.stop.sequence = {
      {SIGTERM, {}}, {0, Duration{static_cast<std::int64_t>(1 + below(3)) * 300'000'000}}, {SIGKILL, {}}};
  if (below(6) == 0) spec.stop.sequence.erase(spec.stop.sequence.begin(), spec.stop.sequence.begin() + 2);
  if (below(5) == 0) spec.stop.command = {"/bin/quit"};
  return spec;
}

std::vector<UnitSpec> random_specs(Rng& rng) {
  std::vector<std::size_t> numbers(2 + rng() % 6);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  std::vector<UnitSpec> specs;
  for (std::size_t number : numbers) specs.push_back(random_spec(rng, number, numbers));
  return specs;
}

}  // namespace supd::testing

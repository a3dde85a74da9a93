#include "units/restart.hpp"

#include <algorithm>
#include <cmath>

namespace supd {
namespace {

/// splitmix64's finaliser: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// In [-1, 1).
double jitter_of(RunId run) { return static_cast<double>(mix(run.value) >> 11) * 0x1.0p-52 - 1.0; }

bool limit_reached(UnitState& unit, const RestartSpec& spec, Instant now) {
  if (spec.limit == 0) return false;
  auto recent = std::ranges::count_if(unit.recent_starts, [&](Instant at) { return now - at < spec.window; });
  return static_cast<std::uint64_t>(recent) >= spec.limit;
}

}  // namespace

Duration restart_delay(const RestartSpec& spec, std::uint32_t taken, RunId run) {
  double longest = static_cast<double>(spec.max_delay.count());
  double delay = static_cast<double>(spec.delay.count()) * std::pow(spec.factor, std::min(taken, 1000U));
  delay = std::min(delay, longest);
  delay += delay * spec.jitter * jitter_of(run);
  return Duration{static_cast<std::int64_t>(std::clamp(delay, 0.0, longest))};
}

Verdict after_end(UnitState& unit, const RestartSpec& spec, ExitStatus exit, Instant now) {
  using Next = Verdict::Next;
  bool success = spec.success.contains(exit);
  bool again = spec.policy == RestartPolicy::always || (spec.policy == RestartPolicy::on_failure && !success);
  if (!again || spec.prevent.contains(exit)) return {success ? Next::complete : Next::fail};
  if (limit_reached(unit, spec, now)) return {Next::give_up};
  if (now - unit.run_started >= spec.reset_after) unit.delays_taken = 0;
  Duration delay = restart_delay(spec, unit.delays_taken, unit.run);
  ++unit.delays_taken;
  return {Next::restart, delay};
}

void note_start(UnitState& unit, const RestartSpec& spec, Instant now) {
  unit.run_started = now;
  if (spec.limit == 0) return;
  // More than one when the limit was lowered in between.
  auto kept = static_cast<std::ptrdiff_t>(std::min<std::size_t>(unit.recent_starts.size(), spec.limit - 1));
  unit.recent_starts.erase(unit.recent_starts.begin(), unit.recent_starts.end() - kept);
  unit.recent_starts.push_back(now);
}

void forget_restarts(UnitState& unit) {
  unit.delays_taken = 0;
  unit.restarts = 0;
  unit.recent_starts.clear();
}

}  // namespace supd

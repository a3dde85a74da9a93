// Runs many seeded schedules of tests/units/simulation.cc.
//   simulation                 100 000 schedules from a fresh seed, which is printed
//   simulation --seed S        the same schedules again
//   simulation --replay S      one schedule with everything that happened in it

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "tests/units/simulation.hpp"

namespace {

int replay(std::uint64_t seed) {
  auto outcome = supd::testing::simulate(seed, true);
  std::fputs(outcome.trace.c_str(), stdout);
  std::printf("%s\n", outcome.broken ? outcome.broken->c_str() : "kept every promise");
  return outcome.broken ? 1 : 0;
}

int run(std::uint64_t seed, std::uint64_t schedules) {
  std::printf("simulation: seed %llu, %llu schedules\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(schedules));
  std::uint64_t steps = 0;
  int broken = 0;
  for (std::uint64_t i = 0; i < schedules && broken < 5; ++i) {
    auto outcome = supd::testing::simulate(seed + i, false);
    steps += outcome.steps;
    if (!outcome.broken) continue;
    ++broken;
    std::printf("broken: %s\n  replay: simulation --replay %llu\n", outcome.broken->c_str(),
                static_cast<unsigned long long>(seed + i));
  }
  std::printf("simulation: %llu steps, P1 P2 P3 P9 C2 and the order kept: %s\n", static_cast<unsigned long long>(steps),
              broken == 0 ? "yes" : "NO");
  std::printf("%d passed, %d failed\n", broken == 0 ? 1 : 0, broken);
  return broken == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = std::random_device{}();
  std::uint64_t schedules = 100'000;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string_view option = argv[i];
    std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--replay") return replay(value);
    if (option == "--seed") seed = value;
    if (option == "--schedules") schedules = value;
  }
  return run(seed, schedules);
}

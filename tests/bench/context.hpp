#pragma once

/// What every part of the benchmark gets, and the list of parts.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/report.hpp"

namespace supd::bench {

struct Context {
  Report& report;
  std::vector<std::string> engines;
  bool quick = false;  ///< a tenth of the work: for a look, not for a record
  std::string only{};  ///< of parts with many rows: only those whose name has this in it

  /// Repetitions or sizes: `full`, or about a tenth of it.
  [[nodiscard]] std::size_t scaled(std::size_t full) const { return quick ? (full + 9) / 10 : full; }
  /// Numbers of units to try.
  [[nodiscard]] std::vector<std::size_t> fleets(std::vector<std::size_t> full) const {
    return quick ? std::vector<std::size_t>{100} : full;
  }
};

struct Part {
  std::string_view name, what;
  void (*run)(const Context&);
};

void measure_core(const Context& context);
void measure_floor(const Context& context);
void measure_spawn(const Context& context);
void measure_restarts(const Context& context);
void measure_respawn(const Context& context);
void measure_start(const Context& context);
void measure_memory(const Context& context);
void measure_status(const Context& context);
void measure_idle(const Context& context);
void measure_logs(const Context& context);
void measure_log_curve(const Context& context);
void measure_log_follow(const Context& context);
void measure_log_memory(const Context& context);
void measure_load(const Context& context);
void measure_entry(const Context& context);
void measure_apply(const Context& context);

/// The tiny program that is started by the thousand (child.c).
[[nodiscard]] std::string child_program();

[[nodiscard]] std::string supctl_program();

}  // namespace supd::bench

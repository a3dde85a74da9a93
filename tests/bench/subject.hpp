#pragma once

/// A real supd under measurement, with its units and the FIFO that its children tell their births by.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ctl/client.hpp"
#include "tests/bench/births.hpp"
#include "tests/integration/program.hpp"
#include "tests/integration/scratch.hpp"
#include "units/status.hpp"

namespace supd::bench {

/// The end of a supd: from SIGTERM until it was gone.
struct Ended {
  double wall_ms = 0, cpu_ms = 0;
};

class Subject {
 public:
  explicit Subject(std::string engine);
  ~Subject();  ///< ends supd in order, so that no child is left behind

  void unit(const std::string& name, const std::string& toml) const;
  /// `count` units u0, u1, ... that tell their birth and then wait; `rest` is more TOML for each.
  /// With `line` each prints that line first.
  void fleet(std::size_t count, const std::string& rest, const std::string& line = "") const;

  /// Starts supd and waits until it says that it is ready. Returns the time just before.
  std::uint64_t launch();
  Ended stop();

  [[nodiscard]] Births& births() { return births_; }
  [[nodiscard]] ctl::Client& client() { return *client_; }
  [[nodiscard]] const integration::Scratch& scratch() const { return scratch_; }
  [[nodiscard]] std::string socket() const { return scratch_.file("control.sock"); }
  [[nodiscard]] UnitStatus status(const std::string& unit);

  [[nodiscard]] int pid() const { return process_->pid(); }
  [[nodiscard]] Duration cpu() const;           ///< user and system, all threads, children not included
  [[nodiscard]] double pss_kb() const;          ///< proc(5) smaps_rollup
  [[nodiscard]] std::uint64_t threads() const;  ///< that it has now
  [[nodiscard]] double peak_kb() const;         ///< resident at most so far, proc(5) VmHWM
  [[nodiscard]] std::uint64_t wakeups() const;  ///< voluntary context switches

 private:
  std::string engine_;
  integration::Scratch scratch_;
  Births births_;
  std::unique_ptr<integration::Program> process_;
  std::optional<ctl::Client> client_;
};

/// `[log] to = ["none"]`, and a restart without delay or limit.
[[nodiscard]] std::string no_logs();
[[nodiscard]] std::string always_restart();

}  // namespace supd::bench

#pragma once

/// Everything that takes the writers' output: the bare reader, supd, and what else there is on the machine.

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/logs/load.hpp"

namespace supd::bench {

class LogReader {
 public:
  virtual ~LogReader() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  /// What to do so that it can run here; "": it can.
  [[nodiscard]] virtual std::string missing() const { return {}; }
  [[nodiscard]] virtual Reading read(const Load& load) = 0;
};

/// epoll, read up to 64 KiB, stamp once per read, write into one file, in one process without any rotation.
[[nodiscard]] std::unique_ptr<LogReader> bare_reader();
/// `rest` is more TOML for [log].
[[nodiscard]] std::unique_ptr<LogReader> supd_reader(std::string engine, std::string name = {}, std::string rest = {});
/// One logger per writer, time stamps, rotation at 10 MB.
[[nodiscard]] std::unique_ptr<LogReader> s6_log_reader();
[[nodiscard]] std::unique_ptr<LogReader> svlogd_reader();
/// Knows no time stamps; rotation at 10 MB.
[[nodiscard]] std::unique_ptr<LogReader> supervisord_reader();

/// The first of the usual places that has the program; "": none.
[[nodiscard]] std::string find_program(const std::string& name);

}  // namespace supd::bench

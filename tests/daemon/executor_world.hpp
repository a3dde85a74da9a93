#pragma once

/// An executor on a real loop, with real processes and log files in a directory of its own, and without cgroups
/// unless it is given some.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/event_log.hpp"
#include "daemon/executor.hpp"
#include "daemon/io/engine.hpp"
#include "daemon/log/hub.hpp"
#include "units/supervisor.hpp"

namespace supd::testing {

/// A service that runs `script` in a shell, and is stopped by SIGTERM, and SIGKILL after 10 s.
[[nodiscard]] UnitSpec shell(std::string name, std::string script);
/// A service that sleeps.
[[nodiscard]] UnitSpec sleeper(std::string name);

class ExecutorWorld final : TransitionListener, log::Events {
 public:
  ExecutorWorld(io::Engine engine, std::vector<UnitSpec> specs, sys::CgroupTree* cgroups = nullptr);
  /// Stops everything that is left.
  ~ExecutorWorld();
  ExecutorWorld(const ExecutorWorld&) = delete;
  ExecutorWorld& operator=(const ExecutorWorld&) = delete;

  /// Units with other specs than before are new, all others keep theirs.
  void reconfigure(std::vector<UnitSpec> specs, std::vector<std::string> restart = {});
  /// Turns the loop until `done`, or fails the test after some seconds. False: it failed.
  bool until(const std::function<bool()>& done);
  bool until_running(std::string_view name);

  [[nodiscard]] UnitId id(std::string_view name) const { return supervisor_->find(name); }
  [[nodiscard]] State state(std::string_view name) const { return supervisor_->state(id(name)).state; }
  [[nodiscard]] pid_t pid(std::string_view name) const;
  /// The unit's log file, or "".
  [[nodiscard]] std::string log_file(std::string_view name) const { return file(std::string(name) + "/current"); }
  [[nodiscard]] std::string file(const std::string& path) const;
  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] Executor& executor() { return *executor_; }
  [[nodiscard]] const Supervisor& supervisor() const { return *supervisor_; }
  [[nodiscard]] log::Hub& hub() { return *hub_; }
  [[nodiscard]] Instant now() const { return loop_->now(); }

  std::vector<std::string> told;  ///< "added NAME", "gone NAME: CAUSE", in order

 private:
  void on_transition(const Transition&) override {}
  void on_unit_added(UnitId unit) override;
  void on_unit_gone(UnitId unit, const Cause& cause) override;
  void on_log_record(UnitId, const proto::LogRecord&) override {}
  void on_log_file_failed(const std::string& path, const Error& error) override;
  void on_log_file_resumed(const std::string&) override {}
  void on_log_compress_failed(const std::string&, const Error&) override {}
  void on_log_datagrams_failed(std::string_view, const Error&) override {}
  void on_log_datagrams_resumed(std::string_view) override {}
  void on_log_rotation_failed(const std::string&, const Error&) override {}

  std::string directory_;
  std::unique_ptr<io::Loop> loop_;
  std::unique_ptr<log::Hub> hub_;
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<Executor> executor_;
};

/// Open fds of this process.
[[nodiscard]] std::size_t open_fds();

}  // namespace supd::testing

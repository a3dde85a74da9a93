#pragma once

/// A real supd with units of a test's own: started in a scratch directory, watched through its event
/// stream, and checked at its end for what it left behind. Tests wait for events, never for time.
/// Everything throws std::runtime_error with the event history when something does not come.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/client.hpp"
#include "tests/integration/program.hpp"
#include "tests/integration/scratch.hpp"
#include "units/status.hpp"

namespace supd::integration {

/// The programs under test: SUPD_BIN and SUPCTL_BIN of the environment, else those of this build.
[[nodiscard]] std::string supd_program();
[[nodiscard]] std::string supctl_program();

class Daemon {
 public:
  explicit Daemon(std::string engine);
  ~Daemon();  ///< kills what a failed test left; a test that is through has called stop()

  /// Writes NAME.toml, or what stands there in place of it.
  void unit(std::string_view name, std::string_view toml) const;
  /// Starts supd and returns when its control socket listens. `wrapper` is put before the command. Again after
  /// stop(), with the same units and the same state directory.
  void start(const std::vector<std::string>& arguments = {}, const std::vector<std::string>& wrapper = {});

  [[nodiscard]] const Scratch& scratch() const { return scratch_; }
  [[nodiscard]] std::string socket() const { return scratch_.file("control.sock"); }
  [[nodiscard]] std::string log_file(std::string_view unit) const;
  [[nodiscard]] Program& process() { return *process_; }
  [[nodiscard]] std::string output() const { return slurp(scratch_.file("supd.out")); }
  void set_environment(std::vector<std::string> environment) { environment_ = std::move(environment); }
  /// The fd is passed as the first one of sd_listen_fds(3), or, for -1, none; who starts supd says so in its
  /// environment.
  void pass_fd(int fd) { passed_ = fd; }
  /// Units are read from this directory instead of those that unit() wrote.
  void set_units(std::string directory) { units_ = std::move(directory); }

  /// Another connection, for requests beside the others.
  [[nodiscard]] ctl::Client connect();
  /// A request that has to succeed.
  proto::Message call(std::string_view method, const proto::Params& params = {});
  /// A request that has to fail.
  ctl::Failure refused(std::string_view method, const proto::Params& params = {});
  [[nodiscard]] UnitStatus status(const std::string& unit);
  /// start, stop, restart, reset: waits for the result, which has to be ok for each unit.
  void operate(std::string_view verb, const std::string& unit);
  /// The texts of the unit's records in memory, without the notes where another run begins.
  [[nodiscard]] std::vector<std::string> log_lines(const std::string& unit);

  /// Waits until the unit is in that state (or is there now) and returns the event that led there.
  UnitEvent await(const std::string& unit, State state);
  /// Waits for the unit's run number `run` or a later one to be in that state.
  UnitEvent await_run(const std::string& unit, State state, std::uint64_t run);
  /// Waits for an event that fits, past ones included.
  UnitEvent await_event(const std::string& what, const std::function<bool(const UnitEvent&)>& fits);
  /// Waits until the unit has logged a line that contains `text`; returns the line.
  std::string await_line(const std::string& unit, std::string_view text);
  /// The same for a line that fits.
  std::string await_line(const std::string& unit, const std::function<bool(std::string_view)>& fits);

  [[nodiscard]] const std::vector<UnitEvent>& history() const { return history_; }
  /// "a waiting->starting, a starting->running, ..." for failures.
  [[nodiscard]] std::string history_text() const;

  /// Signals supd, waits for its end, expects exit code 0 and no process left over.
  void stop(int signal = 15);
  /// The same for an end that somebody else has asked for.
  void expect_clean_end();

 private:
  void take_events(Instant deadline);
  void take(const UnitEvent& event);
  [[noreturn]] void fail(const std::string& what);

  std::string engine_;
  Scratch scratch_;
  std::string units_;
  std::vector<std::string> environment_;
  int passed_ = -1;
  std::unique_ptr<Program> process_;
  std::optional<ctl::Client> control_, follower_;
  std::vector<UnitEvent> history_;
  std::map<std::string, UnitEvent> latest_;
};

}  // namespace supd::integration

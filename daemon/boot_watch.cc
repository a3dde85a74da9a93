#include "daemon/boot_watch.hpp"

#include <algorithm>
#include <utility>

#include "config/load/given.hpp"
#include "daemon/log/own_log.hpp"
#include "daemon/machine/console.hpp"

namespace supd {
namespace {

bool has_ended(State state) { return state == State::completed || state == State::failed || state == State::inactive; }

}  // namespace

/// Nobody can log in yet: what single mode starts is what there is.
void BootWatch::boot() {
  UnitId single = supervisor_.find(config::single_unit);
  if (machine_ != machine::BootMode::single || !single.valid()) return executor_.boot();
  log::info("single mode: " + std::string(config::single_unit) + " is started; everything else when it ends");
  rest_follows_ = true;
  executor_.command(Command::start, {&single, 1});
}

void BootWatch::on_transition(UnitId unit, State to) {
  if (!machine_ || supervisor_.shutting_down()) return;
  const std::string& name = supervisor_.spec(unit).name;
  if (name == config::boot_unit && to == State::failed) boot_failed();
  if (name == config::emergency_unit) shell_moved(to);
  if (name == config::single_unit && has_ended(to) && std::exchange(rest_follows_, false)) executor_.boot();
  if (phase_ == Phase::clearing && terminal_is_free()) start_shell();
}

void BootWatch::arm(Duration wait) {
  loop_.release(std::exchange(timer_, {}));
  timer_ = loop_.timer_at(loop_.now() + wait, *this);
}

void BootWatch::on_timer(io::OpId, bool canceled) noexcept {
  timer_ = {};
  if (canceled || supervisor_.shutting_down()) return;
  if (phase_ == Phase::clearing) {
    log::warn("what uses the console does not let go of it");
    start_shell();
  } else if (phase_ == Phase::pausing) {
    try_again();
  }
}

void BootWatch::boot_failed() {
  UnitId shell = supervisor_.find(config::emergency_unit);
  bool has_shell = phase_ == Phase::clearing || phase_ == Phase::shell;
  if (!shell.valid() || has_shell) return;
  log::error(
      "boot has failed (supctl why boot tells the reason): a shell on the console; when it ends, boot is tried again");
  std::vector<UnitId> others = others_at(shell);
  for (UnitId unit : others) stopped_.push_back(supervisor_.spec(unit).name);
  phase_ = Phase::clearing;
  arm(pause);
  executor_.command(Command::stop, others);
}

void BootWatch::start_shell() {
  loop_.release(std::exchange(timer_, {}));
  phase_ = Phase::shell;
  shell_since_.reset();
  UnitId shell = supervisor_.find(config::emergency_unit);
  if (shell.valid()) executor_.command(Command::start, {&shell, 1});
}

/// By a timer in any case: what fails at once must not call itself without an end.
void BootWatch::shell_moved(State to) {
  if (to == State::running) shell_since_ = loop_.now();
  if (phase_ == Phase::clearing || !has_ended(to)) return;
  bool was_used = shell_since_ && loop_.now() - *shell_since_ >= pause;
  if (!was_used) log::warn("the shell on the console did not last: boot is tried again in 5 seconds");
  phase_ = Phase::pausing;
  arm(was_used ? Duration{0} : pause);
}

void BootWatch::try_again() {
  phase_ = Phase::up;
  std::vector<UnitId> units = stopped_units();
  stopped_.clear();
  if (UnitId boot = supervisor_.find(config::boot_unit); boot.valid()) units.push_back(boot);
  executor_.command(Command::start, units);
}

/// Units that have the shell's terminal, or want it.
std::vector<UnitId> BootWatch::others_at(UnitId shell) const {
  std::vector<std::string> names = machine::consoles();
  auto at_console = [&](UnitId unit) {
    return std::ranges::find(names, supervisor_.spec(unit).terminal.path) != names.end();
  };
  std::vector<UnitId> others;
  if (!at_console(shell)) return others;
  for (UnitId unit : supervisor_.units()) {
    const UnitState& state = supervisor_.state(unit);
    if (unit != shell && at_console(unit) && (state.wanted || state.alive())) others.push_back(unit);
  }
  return others;
}

bool BootWatch::terminal_is_free() const {
  return std::ranges::none_of(stopped_units(), [this](UnitId unit) { return supervisor_.state(unit).alive(); });
}

std::vector<UnitId> BootWatch::stopped_units() const {
  std::vector<UnitId> units;
  for (const std::string& name : stopped_) {
    if (UnitId unit = supervisor_.find(name); unit.valid()) units.push_back(unit);
  }
  return units;
}

}  // namespace supd

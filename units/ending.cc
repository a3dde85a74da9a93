#include "units/ending.hpp"

#include <cerrno>
#include <utility>

namespace supd {
namespace {

constexpr int failed_without_run = 1;
constexpr int not_executable = 126;
constexpr int not_found = 127;
constexpr int by_signal = 128;

int code_of(const SpawnFailure& failure) {
  bool of_program = failure.stage == SpawnStage::exec || failure.stage == SpawnStage::interpreter;
  bool missing = of_program && failure.error == ENOENT;
  return missing ? not_found : not_executable;
}

}  // namespace

std::string_view word(EndKind kind) {
  switch (kind) {
    case EndKind::exit: return "exit";
    case EndKind::poweroff: return "poweroff";
    case EndKind::reboot: return "reboot";
    case EndKind::halt: return "halt";
  }
  std::unreachable();
}

std::optional<EndKind> end_kind(std::string_view text) {
  for (EndKind kind : {EndKind::exit, EndKind::poweroff, EndKind::reboot, EndKind::halt}) {
    if (word(kind) == text) return kind;
  }
  return std::nullopt;
}

bool ended_for_good(const UnitState& unit) {
  if (unit.state == State::completed) return true;
  return unit.state == State::failed && unit.wanted && unit.timer == 0;
}

bool goes_on(const UnitState& unit, Kind kind) {
  if (unit.alive()) return kind != Kind::target;
  return unit.state == State::waiting || unit.timer != 0;
}

int exit_code(const UnitState& unit) {
  bool ran = unit.cause.kind == CauseKind::process_exited || unit.cause.kind == CauseKind::gave_up;
  if (ran && unit.last_exit.known()) {
    return unit.last_exit.by_signal() ? by_signal + unit.last_exit.status : unit.last_exit.status;
  }
  if (ran || unit.cause.kind == CauseKind::spawn_failed) return code_of(unit.cause.failure);
  return unit.state == State::failed ? failed_without_run : 0;
}

}  // namespace supd

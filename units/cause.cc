#include "units/cause.hpp"

#include <array>
#include <utility>

namespace supd {
namespace {

std::string ending(const Cause& cause) {
  return cause.exit.known() ? cause.exit.text() : "could not start (" + cause.failure.text() + ")";
}

}  // namespace

std::string cause_text(const Cause& cause, std::string_view other_name) {
  std::string other(cause.gone_name ? std::string_view(*cause.gone_name) : other_name);
  switch (cause.kind) {
    case CauseKind::loaded: return "not started yet";
    case CauseKind::boot: return "enabled: starts with supd";
    case CauseKind::by_hand: return "asked for by hand";
    case CauseKind::needed: return "needed by " + other;
    case CauseKind::dependencies_met: return "everything it waited for is there";
    case CauseKind::process_started: return "its process was started";
    case CauseKind::reached: return "everything in it is there";
    case CauseKind::process_exited: return cause.exit.text();
    case CauseKind::spawn_failed: return ending(cause);
    case CauseKind::restart_due: return "restart delay is over";
    case CauseKind::gave_up:
      return "gave up after " + std::to_string(cause.count) + " starts; the last one " + ending(cause);
    case CauseKind::retry_due: return "tries again after giving up";
    case CauseKind::dependency_stopped: return "requires " + other + ", which has stopped";
    case CauseKind::dependency_failed: return "requires " + other + ", which has failed";
    case CauseKind::dependency_restarts: return "is bound to " + other + ", which restarts";
    case CauseKind::dependency_back: return "requires " + other + ", which is tried again";
    case CauseKind::conflict: return "conflicts with " + other + ", which was started";
    case CauseKind::reset: return "reset by hand";
    case CauseKind::reconfigured: return "the configuration changed";
    case CauseKind::removed: return "removed from the configuration";
    case CauseKind::masked: return "masked: nobody can start it";
    case CauseKind::shutdown:
      return other.empty() ? "supd shuts down" : "supd shuts down because " + other + " has ended";
  }
  std::unreachable();
}

std::string_view cause_name(CauseKind kind) {
  static constexpr std::array<std::string_view, cause_count> names{"loaded",
                                                                   "boot",
                                                                   "by_hand",
                                                                   "needed",
                                                                   "dependencies_met",
                                                                   "process_started",
                                                                   "reached",
                                                                   "process_exited",
                                                                   "spawn_failed",
                                                                   "restart_due",
                                                                   "gave_up",
                                                                   "retry_due",
                                                                   "dependency_stopped",
                                                                   "dependency_failed",
                                                                   "dependency_restarts",
                                                                   "dependency_back",
                                                                   "conflict",
                                                                   "reset",
                                                                   "reconfigured",
                                                                   "removed",
                                                                   "masked",
                                                                   "shutdown"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace supd

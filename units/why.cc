// The causal chain behind a unit's state: Supervisor::why and its sentences.

#include <string>
#include <utility>

#include "units/status.hpp"
#include "units/supervisor.hpp"

namespace supd {
namespace {

/// Longer chains end with a note: nobody reads on, and the answer stays bounded.
constexpr std::size_t longest_chain = 64;

/// `same_unit`: both ends have the same name; the one was removed and the other is new.
std::string what_it_waits_for(const Edge& edge, std::string_view other, bool same_unit) {
  std::string name(other);
  if (edge.leftover && same_unit) return "waits until the last process of what it was before is gone";
  if (edge.relation == Relation::conflicts) return "waits until " + name + " has stopped, which it conflicts with";
  std::string relation = " (" + std::string(word(edge.relation)) + ")";
  switch (edge.condition) {
    case Condition::started: return "waits until " + name + " is started" + relation;
    case Condition::ready: return "waits until " + name + " is ready" + relation;
    case Condition::completed: return "waits until " + name + " has completed" + relation;
    case Condition::exited: return "waits until " + name + " has exited" + relation;
  }
  std::unreachable();
}

std::string intent_text(Intent intent) {
  switch (intent) {
    case Intent::none: return "";
    case Intent::stop: return "told to stop: ";
    case Intent::bounce: return "told to restart: ";
    case Intent::fail: return "has to fail: ";
  }
  std::unreachable();
}

}  // namespace

std::string Supervisor::cause_sentence(UnitId unit) const {
  const UnitState& state = states_[unit.value];
  const Cause& cause = state.intent == Intent::none ? state.cause : state.intent_cause;
  std::string_view other = cause.other.valid() ? std::string_view(spec(cause.other).name) : "";
  if (state.state == State::waiting) {
    for (EdgeIndex index : graph_.dependencies(unit)) {
      const Edge& edge = graph_.edges()[index];
      if (edge_memory_[index].gate != Gate::wait) continue;
      const std::string& name = spec(edge.to).name;
      return what_it_waits_for(edge, name, name == spec(unit).name);
    }
  }
  bool masked = spec(unit).masked && !state.alive();
  if (masked && state.cause.kind == CauseKind::loaded) return cause_text({.kind = CauseKind::masked}, "");
  bool add_masked = masked && state.cause.kind != CauseKind::masked;
  return intent_text(state.intent) + cause_text(cause, other) + (add_masked ? "; masked" : "");
}

std::vector<Reason> Supervisor::why(UnitId unit) const {
  std::vector<Reason> chain;
  std::vector<bool> seen(size(), false);
  for (UnitId at = unit; at.valid() && !seen[at.value];) {
    if (chain.size() == longest_chain) {
      chain.push_back({at, "… and so on"});
      break;
    }
    seen[at.value] = true;
    const UnitState& state = states_[at.value];
    chain.push_back({at, cause_sentence(at)});
    UnitId next = state.intent == Intent::none ? state.cause.other : state.intent_cause.other;
    if (state.state == State::waiting) {
      for (EdgeIndex index : graph_.dependencies(at)) {
        if (edge_memory_[index].gate != Gate::wait) continue;
        next = graph_.edges()[index].to;
        break;
      }
    }
    bool held = state.intent != Intent::none && state.state != State::stopping && counts_[at.value].holds > 0;
    if (held) {
      for (EdgeIndex index : graph_.dependents(at)) {
        if (!edge_memory_[index].holds) continue;
        next = graph_.edges()[index].from;
        chain.back().text += "; first " + spec(next).name + " has to stop";
        break;
      }
    }
    at = next;
  }
  return chain;
}

}  // namespace supd

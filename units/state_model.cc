#include "units/state_model.hpp"

#include <array>

namespace supd {
namespace {

using enum State;
using enum EventKind;

// What can follow when the last process of a run is gone.
constexpr StateSet ended{inactive, waiting, backoff, completed, failed};
constexpr StateSet main_ended{inactive, waiting, backoff, completed, failed, stopping};

constexpr std::array rules{
    Rule{inactive, start_asked, {waiting}},
    Rule{inactive, stop_asked, {inactive}},
    Rule{inactive, bounce_asked, {waiting}},
    Rule{inactive, fail_asked, {inactive}},
    Rule{inactive, reset_asked, {inactive}},
    Rule{inactive, kill_asked, {inactive}},

    Rule{waiting, start_asked, {waiting}},
    Rule{waiting, stop_asked, {inactive}},
    Rule{waiting, bounce_asked, {waiting}},
    Rule{waiting, fail_asked, {failed}},
    Rule{waiting, reset_asked, {waiting}},
    Rule{waiting, kill_asked, {waiting}},
    Rule{waiting, may_start, {starting, running}},

    Rule{starting, start_asked, {starting}},
    Rule{starting, stop_asked, {starting}},
    Rule{starting, bounce_asked, {starting}},
    Rule{starting, fail_asked, {starting}},
    Rule{starting, reset_asked, {starting}},
    Rule{starting, kill_asked, {starting}},
    Rule{starting, spawned, {running}},
    Rule{starting, spawn_failed, {inactive, waiting, backoff, failed}},

    Rule{running, start_asked, {running}},
    Rule{running, stop_asked, {running}},
    Rule{running, bounce_asked, {running}},
    Rule{running, fail_asked, {running}},
    Rule{running, reset_asked, {running}},
    Rule{running, kill_asked, {running}},
    Rule{running, may_stop, {stopping, inactive, waiting, failed}},
    Rule{running, process_exited, main_ended},

    Rule{stopping, start_asked, {stopping}},
    Rule{stopping, stop_asked, {stopping}},
    Rule{stopping, bounce_asked, {stopping}},
    Rule{stopping, fail_asked, {stopping}},
    Rule{stopping, reset_asked, {stopping}},
    Rule{stopping, kill_asked, {stopping}},
    Rule{stopping, process_exited, main_ended},
    Rule{stopping, tree_gone, ended},
    Rule{stopping, timer_fired, {stopping}},

    Rule{backoff, start_asked, {waiting}},
    Rule{backoff, stop_asked, {inactive}},
    Rule{backoff, bounce_asked, {waiting}},
    Rule{backoff, fail_asked, {failed}},
    Rule{backoff, reset_asked, {waiting}},
    Rule{backoff, kill_asked, {backoff}},
    Rule{backoff, timer_fired, {waiting}},

    Rule{completed, start_asked, {waiting}},
    Rule{completed, stop_asked, {completed}},
    Rule{completed, bounce_asked, {waiting}},
    Rule{completed, fail_asked, {completed}},
    Rule{completed, reset_asked, {completed}},
    Rule{completed, kill_asked, {completed}},

    Rule{failed, start_asked, {waiting}},
    Rule{failed, stop_asked, {failed}},
    Rule{failed, bounce_asked, {waiting}},
    Rule{failed, fail_asked, {failed}},
    Rule{failed, reset_asked, {inactive}},
    Rule{failed, kill_asked, {failed}},
    Rule{failed, timer_fired, {waiting}},
};

constexpr auto index_rules() {
  std::array<std::array<StateSet, event_count>, state_count> index{};
  for (const Rule& rule : rules)
    index[static_cast<std::size_t>(rule.from)][static_cast<std::size_t>(rule.on)] = rule.to;
  return index;
}
constexpr auto by_pair = index_rules();

}  // namespace

std::span<const Rule> state_model() { return rules; }

StateSet next_states(State from, EventKind on) {
  return by_pair[static_cast<std::size_t>(from)][static_cast<std::size_t>(on)];
}

std::string_view event_name(EventKind kind) {
  static constexpr std::array<std::string_view, event_count> names{
      "start_asked", "stop_asked", "bounce_asked", "fail_asked",     "reset_asked", "kill_asked", "may_start",
      "may_stop",    "spawned",    "spawn_failed", "process_exited", "tree_gone",   "timer_fired"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace supd

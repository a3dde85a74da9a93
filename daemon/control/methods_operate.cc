// start, stop, restart, reset: commands to the supervisor, and waiting until they are carried out.

#include <algorithm>

#include "ctl/proto/outcome.hpp"
#include "ctl/proto/reply.hpp"
#include "daemon/control/methods.hpp"
#include "daemon/control/selection.hpp"
#include "daemon/control/units_operation.hpp"

namespace supd::control {
namespace {

std::vector<UnitId> units_of(std::span<const Ticket> tickets) {
  std::vector<UnitId> units;
  units.reserve(tickets.size());
  for (const Ticket& ticket : tickets) units.push_back(ticket.unit);
  return units;
}

class CommandOperation final : public UnitsOperation {
 public:
  CommandOperation(const Call& call, std::vector<Ticket> tickets)
      : UnitsOperation(call, units_of(tickets)), tickets_(std::move(tickets)) {}

 private:
  [[nodiscard]] Progress judge(std::size_t index) const override { return port().progress(tickets_[index]); }

  [[nodiscard]] Progress judge_gone(std::size_t index) const override {
    return tickets_[index].verb == Verb::stop ? Progress::done : Progress::failed;
  }

  std::vector<Ticket> tickets_;
};

/// The answer of a command that is not waited for: given is good enough.
void answer_at_once(Call& call, std::span<const Ticket> tickets) {
  std::vector<proto::UnitResult> results;
  results.reserve(tickets.size());
  for (const Ticket& ticket : tickets) {
    bool ok = call.port.progress(ticket) != Progress::failed;
    results.push_back({call.port.name(ticket.unit), ok, call.port.state(ticket.unit), call.port.cause(ticket.unit)});
  }
  proto::write_results(call.out, call.id(), results);
}

/// What can't be started is refused before anything is done when it was named, and passed over when a pattern or a
/// target meant it beside others.
Handled check_startable(const Call& call, std::vector<UnitId>& units) {
  std::string refusal, of_named;
  std::erase_if(units, [&](UnitId unit) {
    std::string why = call.port.start_refusal(unit);
    if (why.empty()) return false;
    bool named = std::ranges::find(call.params().units, call.port.name(unit)) != call.params().units.end();
    (named ? of_named : refusal) = std::move(why);
    return true;
  });
  if (of_named.empty() && !units.empty()) return {};
  return refuse(static_cast<int>(proto::Outcome::failed), of_named.empty() ? refusal : of_named);
}

Handled command(Call& call, Verb verb) {
  auto units = select_units(call, IfNone::refuse);
  if (!units) return std::unexpected(std::move(units.error()));
  if (verb == Verb::start || verb == Verb::restart) {
    if (auto startable = check_startable(call, *units); !startable) return startable;
  }
  std::vector<Ticket> tickets = call.port.command(verb, *units, call.peer.text());
  bool wait = verb != Verb::reset && call.params().wait.value_or(true);
  if (wait) {
    call.result = std::make_unique<CommandOperation>(call, std::move(tickets));
  } else {
    answer_at_once(call, tickets);
  }
  return {};
}

}  // namespace

Handled handle_start(Call& call) { return command(call, Verb::start); }
Handled handle_stop(Call& call) { return command(call, Verb::stop); }
Handled handle_restart(Call& call) { return command(call, Verb::restart); }
Handled handle_reset(Call& call) { return command(call, Verb::reset); }

}  // namespace supd::control

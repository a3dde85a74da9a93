// start, stop, restart, reset: commands to the supervisor, and waiting until they are carried out.

#include <algorithm>

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

Handled command(Call& call, Verb verb) {
  auto units = select_units(call, IfNone::refuse);
  if (!units) return std::unexpected(std::move(units.error()));
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

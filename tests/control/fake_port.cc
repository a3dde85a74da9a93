#include "tests/control/fake_port.hpp"

#include <algorithm>

#include "daemon/control/server.hpp"
#include "units/base/glob.hpp"
#include "units/base/nearest.hpp"

namespace supd::control {

UnitId FakePort::add(const std::string& name, State state) {
  FakeUnit unit;
  unit.status.name = name;
  unit.status.kind = "service";
  unit.status.state = state;
  unit.status.ready = state == State::running;
  unit.status.cause = "as it was";
  units.push_back(std::move(unit));
  return UnitId{unit_count() - 1};
}

void FakePort::add_many(std::size_t count, const std::string& stem) {
  for (std::size_t i = 0; i < count; ++i) add(stem + std::to_string(i), State::running);
}

void FakePort::set(UnitId unit, State state, const std::string& cause) {
  UnitStatus& status = units[unit.value].status;
  UnitEvent event{
      .sequence = events.size() + 1, .unit = status.name, .from = status.state, .to = state, .cause = cause};
  if (state == State::starting) ++status.run;
  status.state = state;
  status.ready = state == State::running;
  status.cause = cause;
  events.push_back(event);
  if (server != nullptr) server->on_transition(unit, event);
}

void FakePort::remove(UnitId unit, const std::string& cause) {
  units[unit.value].gone = true;
  if (server != nullptr) server->on_unit_gone({unit, name(unit), State::inactive, cause});
  units[unit.value].status.name = "(nobody)";
}

UnitId FakePort::join(const std::string& name, State state) {
  UnitId unit = add(name, state);
  if (server != nullptr) server->on_unit_added(unit);
  return unit;
}

std::vector<UnitId> FakePort::all_units() const {
  std::vector<UnitId> all;
  for (std::uint32_t i = 0; i < unit_count(); ++i) {
    if (known(UnitId{i})) all.push_back(UnitId{i});
  }
  return all;
}

void FakePort::print(UnitId unit, const std::string& text, std::int64_t time_us) {
  FakeUnit& row = units[unit.value];
  proto::LogRecord record{row.status.name, time_us, false, false, text};
  row.ring.push_back(record);
  if (row.followers > 0 && server != nullptr) server->on_log(unit, record);
}

int FakePort::followers() const {
  int sum = 0;
  for (const FakeUnit& unit : units) sum += unit.followers;
  return sum;
}

std::vector<UnitId> FakePort::find(std::string_view pattern) const {
  if (pattern.starts_with('@')) {
    auto target = targets.find(std::string(pattern.substr(1)));
    return target == targets.end() ? std::vector<UnitId>{} : target->second;
  }
  std::vector<UnitId> found;
  for (std::uint32_t i = 0; i < unit_count(); ++i) {
    if (glob_matches(pattern, name(UnitId{i}))) found.push_back(UnitId{i});
  }
  return found;
}

std::string FakePort::nearest_name(std::string_view name) const {
  std::vector<std::string> names;
  for (const FakeUnit& unit : units) names.push_back(unit.status.name);
  return nearest(name, names);
}

UnitStatus FakePort::status(UnitId unit) const {
  ++statuses;
  return units[unit.value].status;
}

std::vector<Ticket> FakePort::command(Verb verb, std::span<const UnitId> on, std::string_view by) {
  Given command{verb, {}, std::string(by)};
  std::vector<Ticket> tickets;
  for (UnitId unit : on) {
    command.units.push_back(name(unit));
    tickets.push_back({unit, verb, units[unit.value].status.run});
  }
  given.push_back(std::move(command));
  return tickets;
}

Progress FakePort::progress(const Ticket& ticket) const {
  const UnitStatus& status = units[ticket.unit.value].status;
  if (status.state == State::failed && ticket.verb != Verb::stop && ticket.verb != Verb::reset) return Progress::failed;
  bool stopped = status.state == State::inactive || status.state == State::failed;
  bool running = status.state == State::running;
  switch (ticket.verb) {
    case Verb::start: return running ? Progress::done : Progress::pending;
    case Verb::stop: return stopped ? Progress::done : Progress::pending;
    case Verb::restart: return running && status.run > ticket.run_before ? Progress::done : Progress::pending;
    case Verb::reset: return Progress::done;
  }
  return Progress::pending;
}

std::expected<ChangeId, proto::RpcFault> FakePort::change(Change change, ChangeListener& listener) {
  if (refuse_changes) return std::unexpected(*refuse_changes);
  asked.push_back({std::move(change), &listener});
  return asked.size();
}

std::string FakePort::start_refusal(UnitId unit) const {
  return units[unit.value].masked ? name(unit) + " is masked: supctl unmask " + name(unit) : "";
}

std::string FakePort::advice_for(std::string_view unknown) const {
  return unknown.ends_with('?') ? "" : "look for " + std::string(unknown);
}

Result<void> FakePort::signal(UnitId unit, int signal) {
  if (state(unit) != State::running) return std::unexpected(Error{{}, {}, 0, "has no process"});
  signals.push_back(name(unit) + " " + std::to_string(signal));
  return {};
}

std::vector<proto::WhyStep> FakePort::why(UnitId unit) const { return {{name(unit), state(unit), cause(unit)}}; }

std::vector<proto::ShownValue> FakePort::show_environment(UnitId, bool reveal) const {
  return {{"env.TOKEN", reveal ? "\"abc\"" : "\"…\"", "inherited"}};
}

std::string FakePort::show_toml(UnitId, bool reveal) const { return reveal ? "a = 1\n" : "# hidden\n"; }

std::vector<proto::ShownValue> FakePort::show(UnitId, bool) const {
  return {{"kind", "\"service\"", ""},
          {"restart.delay", "\"1s\"", "a.toml:3"},
          {"restart.limit", "5", "a.toml:4"},
          {"restarts", "1", ""}};
}

std::vector<proto::Finding> FakePort::doctor() const { return {{"engine", true, "fake", ""}}; }

proto::Hello FakePort::hello() const { return {.version = "0.1", .engine = "fake", .role = {}, .pid = 1}; }

std::vector<proto::LogRecord> FakePort::log_tail(UnitId unit, std::size_t lines) const {
  const auto& ring = units[unit.value].ring;
  return {ring.end() - static_cast<std::ptrdiff_t>(std::min(lines, ring.size())), ring.end()};
}

std::vector<UnitEvent> FakePort::recent_events(std::size_t count) const {
  return {events.end() - static_cast<std::ptrdiff_t>(std::min(count, events.size())), events.end()};
}

}  // namespace supd::control

// Methods that are answered at once.

#include <algorithm>

#include "ctl/proto/outcome.hpp"
#include "ctl/proto/reply.hpp"
#include "daemon/control/methods.hpp"
#include "daemon/control/selection.hpp"
#include "units/base/glob.hpp"
#include "units/base/nearest.hpp"
#include "units/base/signal_names.hpp"

namespace supd::control {
namespace {

/// "restart" means all keys of that table, "restart.delay" that one key, "*delay" all that it matches.
bool key_matches(std::string_view key, std::string_view wanted) {
  return key == wanted || (key.starts_with(wanted) && key[wanted.size()] == '.') || glob_matches(wanted, key);
}

/// "env" is more than the unit's own [env]: everything that its processes are given.
std::vector<proto::ShownValue> wanted_values(const Call& call, UnitId unit, bool reveal) {
  bool environment = call.params().key == "env";
  return environment ? call.port.show_environment(unit, reveal) : call.port.show(unit, reveal);
}

std::unexpected<proto::RpcFault> unknown_key(const std::string& wanted, const std::vector<proto::ShownValue>& values) {
  std::vector<std::string_view> keys;
  for (const proto::ShownValue& value : values) keys.push_back(value.key);
  return refuse(proto::invalid_params, "no such key: \"" + wanted + "\"", nearest(wanted, keys));
}

std::unexpected<proto::RpcFault> admin_only(const Call& call) {
  std::string role(role_name(call.peer.role));
  return refuse(static_cast<int>(proto::Outcome::not_permitted),
                "reveal needs the role admin; " + call.peer.text() + " has " + role);
}

std::expected<int, proto::RpcFault> wanted_signal(const Call& call) {
  if (!call.params().signal) return refuse(proto::invalid_params, "signal is missing: say which");
  const std::string& name = *call.params().signal;
  if (auto number = signal_number(name)) return *number;
  return refuse(proto::invalid_params, "no such signal: \"" + name + "\"", nearest(name, signal_names()));
}

proto::UnitResult send_signal(Port& port, UnitId unit, int number) {
  auto sent = port.signal(unit, number);
  std::string cause = sent ? signal_name(number) + " was sent" : sent.error().text();
  return {port.name(unit), sent.has_value(), port.state(unit), std::move(cause)};
}

}  // namespace

Handled handle_hello(Call& call) {
  proto::Hello hello = call.port.hello();
  hello.role = role_name(call.peer.role);
  proto::write_hello(call.out, call.id(), hello);
  return {};
}

Handled handle_why(Call& call) {
  auto unit = select_unit(call);
  if (!unit) return std::unexpected(std::move(unit.error()));
  proto::write_why(call.out, call.id(), call.port.why(*unit));
  return {};
}

Handled handle_show(Call& call) {
  auto unit = select_unit(call);
  if (!unit) return std::unexpected(std::move(unit.error()));
  bool reveal = call.params().reveal.value_or(false);
  if (reveal && call.peer.role < Role::admin) return admin_only(call);
  auto values = wanted_values(call, *unit, reveal);
  const auto& key = call.params().key;
  if (key && key->size() > call.bounds.pattern_bytes) return unknown_key("...", values);
  if (key) {
    auto wanted = values;
    std::erase_if(wanted, [&](const proto::ShownValue& value) { return !key_matches(value.key, *key); });
    if (wanted.empty() && *key != "env") return unknown_key(*key, values);
    values = std::move(wanted);
  }
  std::string toml = call.params().toml.value_or(false) ? call.port.show_toml(*unit, reveal) : "";
  proto::write_shown(call.out, call.id(), values, toml);
  return {};
}

Handled handle_doctor(Call& call) {
  proto::write_findings(call.out, call.id(), call.port.doctor());
  return {};
}

Handled handle_signal(Call& call) {
  auto number = wanted_signal(call);
  if (!number) return std::unexpected(std::move(number.error()));
  auto units = select_units(call, IfNone::refuse);
  if (!units) return std::unexpected(std::move(units.error()));
  std::vector<proto::UnitResult> results;
  for (UnitId unit : *units) results.push_back(send_signal(call.port, unit, *number));
  proto::write_results(call.out, call.id(), results);
  return {};
}

/// The files are opened a little later, off the loop: a disk may hang.
Handled handle_reopen(Call& call) {
  auto units = select_units(call, IfNone::all_units);
  if (!units) return std::unexpected(std::move(units.error()));
  std::vector<proto::UnitResult> results;
  for (UnitId unit : *units) {
    call.port.reopen_log(unit);
    results.push_back({call.port.name(unit), true, call.port.state(unit), "its log file is opened anew"});
  }
  proto::write_results(call.out, call.id(), results);
  return {};
}

/// The init of a machine can't end alone: then the machine is switched off.
Handled handle_shutdown(Call& call) {
  bool machine = call.port.ends_machine();
  const auto& asked = call.params().how;
  auto how = asked ? end_kind(*asked) : machine ? EndKind::poweroff : EndKind::exit;
  if (!how) return refuse(proto::invalid_params, "how: '" + *asked + "' is not exit, poweroff, reboot or halt");
  if (machine == (*how == EndKind::exit)) {
    return refuse(static_cast<int>(proto::Outcome::failed),
                  machine ? "supd is the init of this machine and can't end alone: use poweroff, reboot or halt"
                          : "supd is not the init of this machine: " + *asked + " is not its business");
  }
  proto::write_empty(call.out, call.id());
  call.shutdown = *how;
  return {};
}

}  // namespace supd::control

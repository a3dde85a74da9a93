#include "daemon/control/methods.hpp"

#include <array>
#include <vector>

#include "ctl/proto/outcome.hpp"
#include "units/base/nearest.hpp"

namespace supd::control {
namespace {

/// `show` is not for readers: a unit's environment may hold secrets.
constexpr std::array table{
    Method{"hello", Role::read, handle_hello},
    Method{"status", Role::read, handle_status},
    Method{"start", Role::operate, handle_start},
    Method{"stop", Role::operate, handle_stop},
    Method{"restart", Role::operate, handle_restart},
    Method{"reset", Role::operate, handle_reset},
    Method{"signal", Role::operate, handle_signal},
    Method{"reopen", Role::operate, handle_reopen},
    Method{"wait", Role::read, handle_wait},
    Method{"why", Role::read, handle_why},
    Method{"show", Role::operate, handle_show},
    Method{"logs", Role::read, handle_logs},
    Method{"log_files", Role::read, handle_log_files},
    Method{"events", Role::read, handle_events},
    Method{"doctor", Role::read, handle_doctor},
    Method{"shutdown", Role::admin, handle_shutdown},
    Method{"config.diff", Role::read, handle_config_diff},
    Method{"config.apply", Role::admin, handle_config_apply},
    Method{"config.enable", Role::admin, handle_config_enable},
    Method{"config.disable", Role::admin, handle_config_disable},
    Method{"config.mask", Role::admin, handle_config_mask},
    Method{"config.unmask", Role::admin, handle_config_unmask},
    Method{"config.scale", Role::operate, handle_config_scale},
};

std::unexpected<proto::RpcFault> unknown(const std::string& name) {
  std::vector<std::string_view> method_names;
  for (const Method& method : table) method_names.push_back(method.name);
  return refuse(proto::no_such_method, "no such method", nearest(name, method_names));
}

std::unexpected<proto::RpcFault> not_permitted(const Method& method, const Peer& peer) {
  std::string message = std::string(method.name) + " needs the role " + std::string(role_name(method.least)) + "; " +
                        peer.text() + " has " + std::string(role_name(peer.role));
  return refuse(static_cast<int>(proto::Outcome::not_permitted), std::move(message));
}

}  // namespace

std::span<const Method> method_table() { return table; }

std::unexpected<proto::RpcFault> refuse(int code, std::string message, std::string nearest) {
  return std::unexpected(proto::RpcFault{code, std::move(message), std::move(nearest), {}});
}

Handled dispatch(Call& call) {
  for (const Method& method : table) {
    if (method.name != call.request.method) continue;
    if (call.peer.role >= method.least) return method.handle(call);
    ++call.counters.refused_requests;
    return not_permitted(method, call.peer);
  }
  return unknown(call.request.method);
}

}  // namespace supd::control

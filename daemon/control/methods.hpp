#pragma once

/// The methods of the control protocol: one table with the name, the least role and the function of each.

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "ctl/proto/request.hpp"
#include "daemon/control/access.hpp"
#include "daemon/control/bounds.hpp"
#include "daemon/control/counters.hpp"
#include "daemon/control/operation.hpp"
#include "daemon/control/port.hpp"
#include "daemon/io/loop.hpp"
#include "units/ending.hpp"

namespace supd::control {

/// One request, with all that a method may need to answer it.
struct Call {
  io::Loop& loop;
  Port& port;
  const Bounds& bounds;
  Counters& counters;
  const Peer& peer;
  OperationHost& host;
  const proto::Request& request;
  std::string& out;                   ///< answers are appended here
  std::unique_ptr<Operation> result;  ///< set when the answer comes later
  std::optional<EndKind> shutdown{};  ///< set when supd shall stop once the answer is sent

  [[nodiscard]] const std::string& id() const { return request.id_json; }
  [[nodiscard]] const proto::Params& params() const { return request.params; }
};

/// A fault is written by the caller, which knows the request's id.
using Handled = std::expected<void, proto::RpcFault>;

struct Method {
  std::string_view name;
  Role least;
  Handled (*handle)(Call& call);
};

[[nodiscard]] std::span<const Method> method_table();

/// Looks the method up, checks the peer's role and carries it out.
[[nodiscard]] Handled dispatch(Call& call);

/// For `return refuse(code, "...");`.
[[nodiscard]] std::unexpected<proto::RpcFault> refuse(int code, std::string message, std::string nearest = {});

// The methods themselves, each in the methods_*.cc of its subject.
Handled handle_hello(Call& call);
Handled handle_status(Call& call);
Handled handle_start(Call& call);
Handled handle_stop(Call& call);
Handled handle_restart(Call& call);
Handled handle_reset(Call& call);
Handled handle_signal(Call& call);
Handled handle_reopen(Call& call);
Handled handle_wait(Call& call);
Handled handle_why(Call& call);
Handled handle_show(Call& call);
Handled handle_logs(Call& call);
Handled handle_log_files(Call& call);
Handled handle_events(Call& call);
Handled handle_doctor(Call& call);
Handled handle_shutdown(Call& call);
Handled handle_config_diff(Call& call);
Handled handle_config_apply(Call& call);
Handled handle_config_enable(Call& call);
Handled handle_config_disable(Call& call);
Handled handle_config_mask(Call& call);
Handled handle_config_unmask(Call& call);
Handled handle_config_scale(Call& call);

}  // namespace supd::control

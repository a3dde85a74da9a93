// wait: until units are ready, stopped or failed, whoever makes them so.

#include <array>

#include "daemon/control/methods.hpp"
#include "daemon/control/selection.hpp"
#include "daemon/control/units_operation.hpp"
#include "units/base/nearest.hpp"

namespace supd::control {
namespace {

/// Whether a unit is where it is waited for, can still get there, or has failed before.
using Judge = Progress (*)(const Port& port, UnitId unit);

Progress judge_ready(const Port& port, UnitId unit) {
  switch (port.state(unit)) {
    case State::running: return port.status(unit).ready ? Progress::done : Progress::pending;
    case State::completed: return Progress::done;
    case State::failed: return Progress::failed;
    case State::inactive:
    case State::waiting:
    case State::starting:
    case State::stopping:
    case State::backoff: return Progress::pending;
  }
  return Progress::pending;
}

Progress judge_stopped(const Port& port, UnitId unit) {
  State state = port.state(unit);
  bool stopped = state == State::inactive || state == State::completed || state == State::failed;
  return stopped ? Progress::done : Progress::pending;
}

Progress judge_failed(const Port& port, UnitId unit) {
  return port.state(unit) == State::failed ? Progress::done : Progress::pending;
}

struct Condition {
  std::string_view name;
  Judge judge;
};
constexpr std::array conditions{Condition{"ready", judge_ready}, Condition{"stopped", judge_stopped},
                                Condition{"failed", judge_failed}};

class WaitOperation final : public UnitsOperation {
 public:
  WaitOperation(const Call& call, std::vector<UnitId> units, Judge condition)
      : UnitsOperation(call, std::move(units)), condition_(condition) {}

 private:
  [[nodiscard]] Progress judge(std::size_t index) const override { return condition_(port(), unit(index)); }

  [[nodiscard]] Progress judge_gone(std::size_t) const override {
    return condition_ == judge_stopped ? Progress::done : Progress::failed;
  }

  Judge condition_;
};

std::expected<Judge, proto::RpcFault> wanted(const Call& call) {
  const std::string name = call.params().condition.value_or("ready");
  std::vector<std::string_view> known;
  for (const Condition& condition : conditions) {
    if (condition.name == name) return condition.judge;
    known.push_back(condition.name);
  }
  return refuse(proto::invalid_params, "for must be ready, stopped or failed", nearest(name, known));
}

}  // namespace

Handled handle_wait(Call& call) {
  auto judge = wanted(call);
  if (!judge) return std::unexpected(std::move(judge.error()));
  auto units = select_units(call, IfNone::refuse);
  if (!units) return std::unexpected(std::move(units.error()));
  call.result = std::make_unique<WaitOperation>(call, std::move(*units), *judge);
  return {};
}

}  // namespace supd::control

#include "ctl/failure.hpp"

namespace supd::ctl {
namespace {

Outcome outcome_of(int code) {
  for (const proto::OutcomeInfo& info : proto::outcome_table) {
    if (info.outcome != Outcome::done && static_cast<int>(info.outcome) == code) return info.outcome;
  }
  return code == proto::invalid_params ? Outcome::usage : Outcome::failed;
}

}  // namespace

Failure failure_of(const proto::RpcFault& fault) {
  Failure failure{outcome_of(fault.code), fault.message, {}, fault.units};
  if (failure.text.empty()) failure.text = "supd refused, without a reason (code " + std::to_string(fault.code) + ")";
  failure.unknown_method = fault.code == proto::no_such_method;
  if (failure.unknown_method) failure.advice = "this supd does not know the verb: is it older than supctl?";
  bool named = failure.text.find(fault.nearest) != std::string::npos;
  if (!fault.hint.empty()) failure.advice = fault.hint;
  if (!fault.nearest.empty() && !named) failure.advice = "did you mean '" + fault.nearest + "'?";
  failure.diagnostics = fault.diagnostics;
  failure.report = fault.text;
  return failure;
}

Failure bad_answer(const Error& error) {
  return {Outcome::failed, "supd's answer can't be read: " + error.text(),
          "is something else listening on that socket?"};
}

}  // namespace supd::ctl

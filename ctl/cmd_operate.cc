/// start, stop, restart, reset, reopen, wait: the verbs whose answer is one result per unit.

#include "ctl/commands.hpp"
#include "ctl/operate.hpp"

namespace supd::ctl {
namespace {

Ending run_operation(Context& context, std::string_view method) {
  proto::Params params = operation_params(context.options);
  params.wait = !context.options.no_wait;
  return operate(context, method, params, *params.wait);
}

}  // namespace

Ending run_start(Context& context) { return run_operation(context, "start"); }
Ending run_stop(Context& context) { return run_operation(context, "stop"); }
Ending run_restart(Context& context) { return run_operation(context, "restart"); }
Ending run_reset(Context& context) { return operate(context, "reset", operation_params(context.options), false); }

Ending run_reopen(Context& context) {
  return operate(context, "reopen", operation_params(context.options), false, "log file is opened anew");
}

Ending run_wait(Context& context) {
  proto::Params params = operation_params(context.options);
  params.condition = context.options.condition;
  return operate(context, "wait", params, true);
}

}  // namespace supd::ctl

#include "ctl/commands.hpp"
#include "ctl/operate.hpp"
#include "units/base/nearest.hpp"
#include "units/base/signal_names.hpp"

namespace supd::ctl {
namespace {

Failure no_such_signal(const std::string& word) {
  std::string name = word.starts_with("SIG") ? word : "SIG" + word;
  std::string meant = nearest(name, signal_names());
  return {Outcome::usage, "no signal '" + word + "'", meant.empty() ? "see signal(7)" : "did you mean " + meant + "?"};
}

}  // namespace

Ending run_signal(Context& context) {
  std::optional<int> number = signal_number(context.options.signal);
  if (!number) return std::unexpected(no_such_signal(context.options.signal));
  proto::Params params = operation_params(context.options);
  params.signal = signal_name(*number);
  return operate(context, "signal", params, false, *params.signal + " sent");
}

}  // namespace supd::ctl

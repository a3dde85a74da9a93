#include "ctl/commands.hpp"

namespace supd::ctl {

namespace {

/// supd answers first and then begins to stop: this does not wait for the end of it.
Ending end(Context& context, std::optional<std::string> how, std::string_view said) {
  proto::Params params;
  params.how = std::move(how);
  Try<proto::Message> message = ask(context, "shutdown", params);
  if (!message) return std::unexpected(std::move(message.error()));
  if (context.json()) {
    print_json(context, "{\"version\":1}");
  } else if (!context.quiet()) {
    context.out.write(said);
  }
  return Outcome::done;
}

}  // namespace

Ending run_shutdown(Context& context) { return end(context, {}, "supd stops all units and ends\n"); }
Ending run_poweroff(Context& context) {
  return end(context, "poweroff", "all units are stopped, then the power is off\n");
}
Ending run_reboot(Context& context) {
  return end(context, "reboot", "all units are stopped, then the machine restarts\n");
}
Ending run_halt(Context& context) { return end(context, "halt", "all units are stopped, then the machine halts\n"); }

}  // namespace supd::ctl

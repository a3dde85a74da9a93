#include <unistd.h>

#include <cstdio>

#include "ctl/commands.hpp"
#include "daemon/sys/aside.hpp"
#include "daemon/sys/machine.hpp"

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

constexpr int sync_ms = 10000;  ///< a disk that hangs must not keep the machine

/// Where supd can't: it hangs, or there is only a shell. Returns where the kernel refuses.
Ending end_at_once(sys::MachineEnd how) {
  if (sys::run_aside(sync_ms, [] { return ::sync(), true; }) == sys::Ended::hangs) {
    std::fputs("supctl: a disk hangs: going on without it\n", stderr);
  }
  auto done = sys::end_machine_by_force(how);
  return std::unexpected(Failure{Outcome::failed, done.error().text(), "it takes root, and CAP_SYS_BOOT"});
}

Ending end_machine(Context& context, sys::MachineEnd how, const char* name, std::string_view said) {
  return context.options.force ? end_at_once(how) : end(context, name, said);
}

}  // namespace

Ending run_shutdown(Context& context) { return end(context, {}, "supd stops all units and ends\n"); }
Ending run_poweroff(Context& context) {
  return end_machine(context, sys::MachineEnd::poweroff, "poweroff", "all units are stopped, then the power is off\n");
}
Ending run_reboot(Context& context) {
  return end_machine(context, sys::MachineEnd::reboot, "reboot", "all units are stopped, then the machine restarts\n");
}
Ending run_halt(Context& context) {
  return end_machine(context, sys::MachineEnd::halt, "halt", "all units are stopped, then the machine halts\n");
}

}  // namespace supd::ctl

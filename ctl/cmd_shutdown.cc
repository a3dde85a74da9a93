#include "ctl/commands.hpp"

namespace supd::ctl {

/// supd answers first and then begins to stop: this does not wait for the end of it.
Ending run_shutdown(Context& context) {
  Try<proto::Message> message = ask(context, "shutdown");
  if (!message) return std::unexpected(std::move(message.error()));
  if (context.json()) {
    print_json(context, "{\"version\":1}");
  } else if (!context.quiet()) {
    context.out.write("supd stops all units and ends\n");
  }
  return Outcome::done;
}

}  // namespace supd::ctl

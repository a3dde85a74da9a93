#include "ctl/context.hpp"

#include "ctl/text/visible.hpp"

namespace supd::ctl {

void print_json(Context& context, std::string_view json) {
  if (context.terminal.is_terminal) {
    append_visible_json(context.out.buffer(), json);
  } else {
    context.out.buffer() += json;
  }
  context.out.write("\n");
}

Try<proto::Message> ask(Context& context, std::string_view method, const proto::Params& params) {
  Try<Client> client = context.connect();
  if (!client) return std::unexpected(std::move(client.error()));
  return client->call(method, params);
}

}  // namespace supd::ctl

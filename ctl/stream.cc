#include "ctl/stream.hpp"

namespace supd::ctl {

Ending stream(Context& context, std::string_view method, const proto::Params& params, std::string_view notification,
              const std::function<Try<void>(const proto::Message&)>& take) {
  Try<Client> client = context.connect();
  if (!client) return std::unexpected(std::move(client.error()));
  client->end_with_reader_of(context.out.fd());
  client->on_idle([&context] { context.out.flush(); });
  Try<std::int64_t> id = client->request(method, params);
  if (!id) return std::unexpected(std::move(id.error()));

  bool endless = params.follow.value_or(false);
  while (!context.out.closed()) {
    Try<proto::Message> message = client->next(endless ? Instant::never() : now() + Client::answer_time);
    if (!message) return std::unexpected(std::move(message.error()));
    if (ends_request(*message, *id)) {
      if (message->kind() == proto::MessageKind::error) return std::unexpected(failure_of(message->fault()));
      break;
    }
    if (message->method() != notification || context.quiet()) continue;
    if (Try<void> taken = take(*message); !taken) return std::unexpected(std::move(taken.error()));
  }
  return Outcome::done;
}

}  // namespace supd::ctl

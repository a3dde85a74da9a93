#include "ctl/stream.hpp"

namespace supd::ctl {

Try<void> read_answer(Client& client, std::int64_t id, bool endless,
                      const std::function<Try<bool>(const proto::Message&)>& take) {
  while (true) {
    Try<proto::Message> message = client.next(endless ? Instant::never() : now() + Client::answer_time);
    if (!message) return std::unexpected(std::move(message.error()));
    if (ends_request(*message, id)) {
      if (message->kind() == proto::MessageKind::error) return std::unexpected(failure_of(message->fault()));
      return {};
    }
    Try<bool> go_on = take(*message);
    if (!go_on) return std::unexpected(std::move(go_on.error()));
    if (!*go_on) return {};
  }
}

Ending stream(Context& context, std::string_view method, const proto::Params& params, std::string_view notification,
              const std::function<Try<void>(const proto::Message&)>& take) {
  Try<Client> client = context.connect();
  if (!client) return std::unexpected(std::move(client.error()));
  client->end_with_reader_of(context.out.fd());
  client->on_idle([&context] { context.out.flush(); });
  Try<std::int64_t> id = client->request(method, params);
  if (!id) return std::unexpected(std::move(id.error()));

  if (context.out.closed()) return Outcome::done;
  auto take_wanted = [&](const proto::Message& message) -> Try<bool> {
    if (!context.out.closed() && message.method() == notification && !context.quiet()) {
      if (Try<void> taken = take(message); !taken) return std::unexpected(std::move(taken.error()));
    }
    return !context.out.closed();
  };
  Try<void> read = read_answer(*client, *id, params.follow.value_or(false), take_wanted);
  if (!read) return std::unexpected(std::move(read.error()));
  return Outcome::done;
}

}  // namespace supd::ctl

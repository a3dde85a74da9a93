#include "ctl/operate.hpp"

#include <algorithm>

#include "ctl/progress.hpp"

namespace supd::ctl {
namespace {

using Results = std::vector<proto::UnitResult>;

}  // namespace

Instant deadline_for(const proto::Params& params, bool waits) {
  if (!waits) return now() + Client::answer_time;
  if (!params.timeout_ms) return Instant::never();
  return now() + std::chrono::milliseconds(*params.timeout_ms) + Client::answer_time;
}

Try<proto::Message> await(Client& client, std::int64_t id, Instant deadline, Progress& progress) {
  for (;;) {
    Try<proto::Message> message = client.next(deadline);
    if (!message) return std::unexpected(std::move(message.error()));
    if (ends_request(*message, id)) {
      if (message->kind() == proto::MessageKind::error) return std::unexpected(failure_of(message->fault()));
      return message;
    }
    if (message->method() != "progress") continue;
    if (auto step = message->progress()) progress.update(*step);
  }
}

std::int64_t whole_ms(Duration length) {
  constexpr std::int64_t most_ms = 100LL * 365 * 86400 * 1000;
  return std::min((length.count() + 999'999) / 1'000'000, most_ms);
}

proto::Params operation_params(const Options& options) {
  proto::Params params;
  params.units = options.units;
  if (options.timeout) params.timeout_ms = whole_ms(*options.timeout);
  return params;
}

Ending operate(Context& context, std::string_view method, const proto::Params& params, bool waits,
               std::string_view done_text) {
  Try<Client> client = context.connect();
  if (!client) return std::unexpected(std::move(client.error()));
  Progress progress(context);
  client->on_idle([&progress] { progress.paint(); });
  Try<std::int64_t> id = client->request(method, params);
  if (!id) return std::unexpected(std::move(id.error()));
  Try<proto::Message> message = await(*client, *id, deadline_for(params, waits), progress);
  if (!message) {
    progress.clear();
    return std::unexpected(std::move(message.error()));
  }
  Try<Results> results = readable(message->results());
  if (!results) return std::unexpected(std::move(results.error()));
  if (context.json()) print_json(context, json_list("units", *results));
  progress.finish(*results, done_text);
  bool all = std::all_of(results->begin(), results->end(), [](const proto::UnitResult& result) { return result.ok; });
  return all ? Outcome::done : Outcome::failed;
}

}  // namespace supd::ctl

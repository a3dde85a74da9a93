#include "ctl/operate.hpp"

#include <algorithm>

#include "ctl/progress.hpp"

namespace supd::ctl {
namespace {

using Results = std::vector<proto::UnitResult>;

/// supd keeps the time; this is for the case that it does not answer at all.
Instant deadline_for(const proto::Params& params, bool waits) {
  if (!waits) return now() + Client::answer_time;
  if (!params.timeout_ms) return Instant::never();
  return now() + std::chrono::milliseconds(*params.timeout_ms) + Client::answer_time;
}

Try<Results> await(Client& client, std::int64_t id, Instant deadline, Progress& progress) {
  for (;;) {
    Try<proto::Message> message = client.next(deadline);
    if (!message) return std::unexpected(std::move(message.error()));
    if (ends_request(*message, id)) {
      if (message->kind() == proto::MessageKind::error) return std::unexpected(failure_of(message->fault()));
      return readable(message->results());
    }
    if (message->method() != "progress") continue;
    if (auto step = message->progress()) progress.update(*step);
  }
}

}  // namespace

proto::Params operation_params(const Options& options) {
  // Longer than a century is for ever; rounded up, so that 1us is not "at once".
  constexpr std::int64_t most_ms = 100LL * 365 * 86400 * 1000;
  proto::Params params;
  params.units = options.units;
  if (options.timeout) params.timeout_ms = std::min((options.timeout->count() + 999'999) / 1'000'000, most_ms);
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
  Try<Results> results = await(*client, *id, deadline_for(params, waits), progress);
  if (!results) {
    progress.clear();
    return std::unexpected(std::move(results.error()));
  }
  if (context.json()) print_json(context, json_list("units", *results));
  progress.finish(*results, done_text);
  bool all = std::all_of(results->begin(), results->end(), [](const proto::UnitResult& result) { return result.ok; });
  return all ? Outcome::done : Outcome::failed;
}

}  // namespace supd::ctl

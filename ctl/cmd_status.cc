#include <algorithm>

#include "ctl/commands.hpp"
#include "ctl/log_view.hpp"
#include "ctl/selection.hpp"
#include "ctl/status_view.hpp"

namespace supd::ctl {
namespace {

constexpr int shown_lines = 5;
constexpr Duration watch_period = 1s;

using Units = std::vector<UnitStatus>;

Try<Units> units_of(const Try<proto::Message>& message) {
  if (!message) return std::unexpected(message.error());
  return readable(message->statuses());
}

/// Only units that were named can be missed: `supctl status` alone just shows what is.
Outcome outcome_of(const Context& context, const Units& units) {
  if (context.options.units.empty()) return Outcome::done;
  return std::all_of(units.begin(), units.end(), is_active) ? Outcome::done : Outcome::not_active;
}

void print_table(Context& context, const Units& units, std::size_t max_rows) {
  Table::Shape shape{.width = context.terminal.width, .color = context.terminal.color, .max_rows = max_rows};
  status_table(units).render(context.out.buffer(), shape);
}

/// The last lines of the unit's log, as far as supd tells them: the status is what was asked for.
std::vector<proto::LogRecord> last_lines(Client& client, std::int64_t id) {
  std::vector<proto::LogRecord> lines;
  for (;;) {
    Try<proto::Message> message = client.next(now() + Client::answer_time);
    if (!message || ends_request(*message, id)) return lines;
    if (message->method() != "log" || message->id() != id) continue;
    if (auto records = message->records()) lines.insert(lines.end(), records->begin(), records->end());
  }
}

/// Both requests travel together: one round trip.
Ending show_one(Context& context, Client& client, const proto::Params& params) {
  Try<std::int64_t> status_id = client.request("status", params);
  if (!status_id) return std::unexpected(std::move(status_id.error()));
  proto::Params log_params = params;
  log_params.lines = shown_lines;
  Try<std::int64_t> log_id = client.request("logs", log_params);
  if (!log_id) return std::unexpected(std::move(log_id.error()));

  Try<Units> units = units_of(client.answer(*status_id));
  if (!units) return std::unexpected(std::move(units.error()));
  std::string& out = context.out.buffer();
  for (const UnitStatus& unit : *units) append_details(out, unit, context.terminal.color);
  LogView view({.with_units = false, .color = context.terminal.color});
  bool first = true;
  for (const proto::LogRecord& record : last_lines(client, *log_id)) {
    if (std::exchange(first, false)) out += '\n';
    view.append(out, record);
  }
  return outcome_of(context, *units);
}

Try<Units> fetch(Client& client, const proto::Params& params) { return units_of(client.call("status", params)); }

/// Waits out one period; a Failure when supd or the reader of stdout goes away meanwhile.
Try<void> rest(Client& client) {
  Instant deadline = now() + watch_period;
  for (;;) {
    Try<proto::Message> message = client.next(deadline);
    if (message) continue;  // nothing was asked for
    if (message.error().outcome == Outcome::timed_out) return {};
    return std::unexpected(std::move(message.error()));
  }
}

/// Paints over the last picture from the top left corner; ends with Ctrl-C.
Ending watch(Context& context, Client& client, const proto::Params& params) {
  client.end_with_reader_of(context.out.fd());
  if (!context.json()) context.out.write("\x1b[2J");
  while (!context.out.closed()) {
    Try<Units> units = fetch(client, params);
    if (!units) return std::unexpected(std::move(units.error()));
    if (context.json()) {
      print_json(context, json_list("units", *units));
    } else {
      context.terminal = terminal_of(context.out.fd(), !context.options.no_color);  // it may have a new size
      context.out.write("\x1b[H\x1b[J");
      print_table(context, *units, context.terminal.height > 1 ? context.terminal.height - 1 : 1);
    }
    context.out.flush();
    if (Try<void> rested = rest(client); !rested) return std::unexpected(std::move(rested.error()));
  }
  return Outcome::done;
}

}  // namespace

Ending run_status(Context& context) {
  if (context.options.watch && !context.json() && !context.terminal.is_terminal) {
    return std::unexpected(Failure{Outcome::usage, "--watch needs a terminal", "'supctl events -f' suits a pipe"});
  }
  Try<Client> client = context.connect();
  if (!client) return std::unexpected(std::move(client.error()));
  proto::Params params;
  params.units = context.options.units;
  bool details = !context.options.watch && !context.json() && !context.quiet() && names_one_unit(params.units);
  if (details) return show_one(context, *client, params);
  if (!context.json()) params.brief = true;  // all that the table shows, in half the bytes
  if (context.options.watch) return watch(context, *client, params);

  Try<Units> units = fetch(*client, params);
  if (!units) return std::unexpected(std::move(units.error()));
  if (context.json()) {
    print_json(context, json_list("units", *units));
  } else if (!context.quiet()) {
    print_table(context, *units, 0);
  }
  return outcome_of(context, *units);
}

}  // namespace supd::ctl

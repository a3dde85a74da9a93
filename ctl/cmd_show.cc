#include <algorithm>

#include "ctl/commands.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/table.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

Ending print_file(Context& context, proto::Params params) {
  if (params.key) return std::unexpected(Failure{Outcome::usage, "toml is of the whole unit, not of a key"});
  params.toml = true;
  Try<proto::Message> message = ask(context, "show", params);
  if (!message) return std::unexpected(std::move(message.error()));
  auto toml = readable(message->shown_toml());
  if (!toml) return std::unexpected(std::move(toml.error()));
  if (toml->empty()) return std::unexpected(Failure{Outcome::failed, "this supd can't write unit files"});
  if (!context.terminal.is_terminal) {
    context.out.write(*toml);
    return Outcome::done;
  }
  for (std::size_t at = 0; at < toml->size();) {
    std::size_t end = std::min(toml->find('\n', at), toml->size());
    context.out.write(visible(std::string_view(*toml).substr(at, end - at)) + "\n");
    at = end + 1;
  }
  return Outcome::done;
}

}  // namespace

/// Lines that could stand in a unit file: dotted keys, TOML values, and where each was written.
Ending run_show(Context& context) {
  proto::Params params;
  params.unit = context.options.unit;
  if (!context.options.key.empty()) params.key = context.options.key;
  if (context.options.reveal) params.reveal = true;
  if (context.options.format == Format::toml) return print_file(context, params);
  Try<proto::Message> message = ask(context, "show", params);
  if (!message) return std::unexpected(std::move(message.error()));
  auto values = readable(message->shown());
  if (!values) return std::unexpected(std::move(values.error()));
  if (context.json()) {
    print_json(context, json_list("values", *values));
  } else if (!context.quiet()) {
    Table table;
    for (const proto::ShownValue& value : *values) {
      std::string where = value.where.empty() ? "# default" : joined({"# ", visible(value.where)});
      table.add({{joined({visible(value.key), " = ", visible(value.value)})}, {where, color::dim}});
    }
    table.render(context.out.buffer(), {.color = context.terminal.color});
  }
  return Outcome::done;
}

}  // namespace supd::ctl

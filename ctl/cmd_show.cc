#include "ctl/commands.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/table.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {

/// Lines that could stand in a unit file: dotted keys, TOML values, and where each was written.
Ending run_show(Context& context) {
  proto::Params params;
  params.unit = context.options.unit;
  if (!context.options.key.empty()) params.key = context.options.key;
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

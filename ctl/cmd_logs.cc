#include "ctl/commands.hpp"
#include "ctl/log_view.hpp"
#include "ctl/selection.hpp"
#include "ctl/stream.hpp"

namespace supd::ctl {
namespace {

LogView view_for(const Context& context) {
  return LogView({.format = context.options.format,
                  .with_units = !names_one_unit(context.options.units),
                  .color = context.terminal.color,
                  .terminal = context.terminal.is_terminal});
}

}  // namespace

Ending run_logs(Context& context) {
  proto::Params params;
  params.units = context.options.units;
  params.lines = wanted_lines(context.options);
  if (context.options.follow) params.follow = true;
  LogView view = view_for(context);
  return stream(context, "logs", params, "log", [&](const proto::Message& message) -> Try<void> {
    auto records = readable(message.records());
    if (!records) return std::unexpected(std::move(records.error()));
    for (const proto::LogRecord& record : *records) {
      view.append(context.out.buffer(), record);
      context.out.flush_if_full();
    }
    return {};
  });
}

}  // namespace supd::ctl

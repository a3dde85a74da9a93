#include <algorithm>

#include "ctl/commands.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

constexpr std::size_t deepest_indent = 20;  ///< steps; a longer chain goes on at that depth

/// Each link stands below what it causes, two spaces deeper.
void append_step(std::string& out, const proto::WhyStep& step, std::size_t depth, bool colored) {
  out.append(2 * std::min(depth, deepest_indent), ' ');
  append_colored(out, colored ? color::bold : color::none, visible(step.unit));
  out += ": ";
  append_colored(out, colored ? state_color(step.state) : color::none, state_name(step.state));
  if (!step.text.empty()) {
    out += ", ";
    append_visible(out, step.text);
  }
  out += '\n';
}

}  // namespace

Ending run_why(Context& context) {
  proto::Params params;
  params.unit = context.options.unit;
  Try<proto::Message> message = ask(context, "why", params);
  if (!message) return std::unexpected(std::move(message.error()));
  auto chain = readable(message->chain());
  if (!chain) return std::unexpected(std::move(chain.error()));
  if (context.json()) {
    print_json(context, json_list("chain", *chain));
  } else if (!context.quiet()) {
    std::size_t depth = 0;
    for (const proto::WhyStep& step : *chain) append_step(context.out.buffer(), step, depth++, context.terminal.color);
  }
  return Outcome::done;
}

}  // namespace supd::ctl

#include "ctl/commands.hpp"
#include "ctl/log_view.hpp"
#include "ctl/selection.hpp"
#include "ctl/stream.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

/// "12:00:01.123 web: starting -> running, pid 12: its process was started".
void append_event(std::string& out, const UnitEvent& event, bool colored) {
  append_time(out, event.time_ms * 1000);
  out += ' ';
  append_colored(out, colored ? color::bold : color::none, visible(event.unit));
  out += ": ";
  out += state_name(event.from);
  out += " -> ";
  append_colored(out, colored ? state_color(event.to) : color::none, state_name(event.to));
  if (event.pid != 0) out += joined({", pid ", std::to_string(event.pid)});
  if (!event.cause.empty()) {
    out += ": ";
    append_visible(out, event.cause);
  }
  out += '\n';
}

/// Sequence numbers count up by one: a gap is said, because what follows does not tell the whole story.
class EventPrinter {
 public:
  explicit EventPrinter(Context& context) : context_(context) {}

  void print(const UnitEvent& event) {
    if (context_.json()) {
      std::string json;
      proto::append_json(json, event);
      return print_json(context_, json);
    }
    std::string& out = context_.out.buffer();
    std::uint64_t missed = last_ != 0 && event.sequence > last_ + 1 ? event.sequence - last_ - 1 : 0;
    if (missed != 0) out += joined({"(", std::to_string(missed), " events were lost here)\n"});
    last_ = event.sequence;
    append_event(out, event, context_.terminal.color);
    context_.out.flush_if_full();
  }

 private:
  Context& context_;
  std::uint64_t last_ = 0;
};

}  // namespace

Ending run_events(Context& context) {
  proto::Params params;
  params.lines = wanted_lines(context.options);
  if (context.options.follow) params.follow = true;
  EventPrinter printer(context);
  return stream(context, "events", params, "event", [&](const proto::Message& message) -> Try<void> {
    auto events = readable(message.events());
    if (!events) return std::unexpected(std::move(events.error()));
    for (const UnitEvent& event : *events) printer.print(event);
    return {};
  });
}

}  // namespace supd::ctl

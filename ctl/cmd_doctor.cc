#include <algorithm>

#include "ctl/commands.hpp"
#include "ctl/findings.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

void append_finding(std::string& out, const proto::Finding& finding, std::size_t width, bool colored) {
  std::string_view code = finding.ok ? color::green : color::red;
  append_colored(out, colored ? code : color::none, finding.ok ? "ok" : "!!");
  std::string topic = visible(finding.topic);
  std::size_t columns = display_width(topic);
  out += "  ";
  out += topic;
  out.append(width - columns + 2, ' ');
  append_visible(out, finding.text);
  out += '\n';
  if (finding.advice.empty()) return;
  out.append(width + 6, ' ');
  append_visible(out, finding.advice);
  out += '\n';
}

}  // namespace

void show_findings(Context& context, const std::vector<proto::Finding>& findings) {
  if (context.json()) {
    print_json(context, json_list("findings", findings));
  } else if (!context.quiet()) {
    std::size_t width = 0;
    for (const proto::Finding& finding : findings) width = std::max(width, display_width(visible(finding.topic)));
    for (const proto::Finding& finding : findings) {
      append_finding(context.out.buffer(), finding, width, context.terminal.color);
    }
  }
}

/// Ends with `done` whatever is found: what can't be had on a machine is no error of this call.
Ending run_doctor(Context& context) {
  if (context.options.kernel) return run_doctor_kernel(context);
  Try<proto::Message> message = ask(context, "doctor");
  if (!message) return std::unexpected(std::move(message.error()));
  auto findings = readable(message->findings());
  if (!findings) return std::unexpected(std::move(findings.error()));
  show_findings(context, *findings);
  return Outcome::done;
}

}  // namespace supd::ctl

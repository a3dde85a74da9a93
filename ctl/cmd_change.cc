/// diff, apply, enable, disable, mask, unmask, scale: what changes the configuration, or would.

#include <algorithm>

#include "ctl/change_view.hpp"
#include "ctl/commands.hpp"
#include "ctl/operate.hpp"
#include "ctl/progress.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

/// Loading ten thousand files, or a name service, may take its time; supd answers everybody else meanwhile.
constexpr Duration loading_time = 10min;

Try<proto::ChangeReport> ask_for(Client& client, std::string_view method, const proto::Params& params,
                                 Progress& progress) {
  client.on_idle([&progress] { progress.paint(); });
  Try<std::int64_t> id = client.request(method, params);
  if (!id) return std::unexpected(std::move(id.error()));
  bool waits = params.wait.value_or(false) || params.watch_ready_ms;
  Instant deadline = deadline_for(params, waits);
  if (!waits && !params.timeout_ms) deadline = now() + loading_time;
  Try<proto::Message> message = await(client, *id, deadline, progress);
  progress.clear();
  if (!message) return std::unexpected(std::move(message.error()));
  return readable(message->change());
}

Outcome outcome_of(const proto::ChangeReport& report) {
  auto good = [](const proto::UnitResult& result) { return result.ok; };
  return std::ranges::all_of(report.results, good) ? Outcome::done : Outcome::failed;
}

void print_json_report(Context& context, const proto::ChangeReport& report) {
  std::string json(json_head);
  std::string body;
  proto::append_json(body, report);
  json += std::string_view(body).substr(1);
  print_json(context, json);
}

std::string warning_text(const proto::Diagnostic& warning) {
  std::string text = visible(warning.file);
  if (warning.line != 0) text += joined({":", std::to_string(warning.line), ":", std::to_string(warning.column)});
  if (!text.empty()) text += ": ";
  text += joined({visible(warning.severity), ": "});
  if (!warning.key.empty()) text += joined({visible(warning.key), ": "});
  return text + joined({visible(warning.message), "\n"});
}

void append_notes(std::string& out, const proto::ChangeReport& report) {
  for (const std::string& note : report.notes) out += joined({visible(note), "\n"});
}

/// @param nothing  what to say when nothing differs
void print_changes(Context& context, const proto::ChangeReport& report, std::string_view nothing) {
  std::string& out = context.out.buffer();
  // Who changes nothing has been told before.
  if (!is_empty(report)) {
    for (const proto::Diagnostic& warning : report.warnings) out += warning_text(warning);
  }
  append_changes(out, report, context.terminal.color);
  append_notes(out, report);
  out += is_empty(report) ? std::string(nothing) : proto::counts_text(report.counts);
  out += '\n';
}

proto::Params waiting_params(const Options& options) {
  proto::Params params = operation_params(options);
  params.wait = !options.no_wait;
  return params;
}

/// What people say beside the files: it is told in words, and what was started or stopped as it ended.
Ending say(Context& context, std::string_view method, const proto::Params& params) {
  Try<Client> client = context.connect();
  if (!client) return std::unexpected(std::move(client.error()));
  Progress progress(context);
  auto report = ask_for(*client, method, params, progress);
  if (!report) return std::unexpected(std::move(report.error()));
  if (context.json()) print_json_report(context, *report);
  if (!context.json() && !context.quiet()) append_notes(context.out.buffer(), *report);
  progress.finish(report->results);
  return outcome_of(*report);
}

Ending diff(Context& context, const proto::Params& params) {
  Try<Client> client = context.connect();
  if (!client) return std::unexpected(std::move(client.error()));
  Progress progress(context);
  auto report = ask_for(*client, "config.diff", params, progress);
  if (!report) return std::unexpected(std::move(report.error()));
  if (context.json()) print_json_report(context, *report);
  if (!context.json() && !context.quiet()) print_changes(context, *report, "nothing would change");
  return context.options.exit_code && !is_empty(*report) ? Outcome::failed : Outcome::done;
}

/// "web 3" is "web=3".
std::vector<std::string> scale_words(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0].find('=') == std::string::npos) return {words[0] + "=" + words[1]};
  return words;
}

}  // namespace

Ending run_diff(Context& context) {
  proto::Params params;
  params.units = context.options.units;
  return diff(context, params);
}

Ending run_apply(Context& context) {
  if (context.options.dry_run) return diff(context, {});
  Try<Client> client = context.connect();
  if (!client) return std::unexpected(std::move(client.error()));
  proto::Params params = waiting_params(context.options);
  if (context.options.watch_ready) params.watch_ready_ms = whole_ms(*context.options.watch_ready);
  Progress progress(context);
  auto report = ask_for(*client, "config.apply", params, progress);
  if (!report) return std::unexpected(std::move(report.error()));
  if (context.json()) print_json_report(context, *report);
  if (!context.json() && !context.quiet()) print_changes(context, *report, "nothing changed");
  progress.finish(report->results);
  return outcome_of(*report);
}

Ending run_enable(Context& context) {
  proto::Params params = waiting_params(context.options);
  params.now = context.options.now;
  return say(context, "config.enable", params);
}

Ending run_disable(Context& context) {
  proto::Params params = waiting_params(context.options);
  params.now = context.options.now;
  return say(context, "config.disable", params);
}

Ending run_mask(Context& context) { return say(context, "config.mask", operation_params(context.options)); }
Ending run_unmask(Context& context) { return say(context, "config.unmask", operation_params(context.options)); }

Ending run_scale(Context& context) {
  proto::Params params = waiting_params(context.options);
  params.units = scale_words(context.options.units);
  return say(context, "config.scale", params);
}

}  // namespace supd::ctl

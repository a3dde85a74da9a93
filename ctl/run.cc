#include "ctl/run.hpp"

#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include "ctl/parse.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

constexpr int interrupted = 128 + SIGINT;

extern "C" void end_quietly(int) { ::_exit(interrupted); }

/// A reader of stdout that goes away is told by write(2), not by a signal; Ctrl-C ends without a word.
void set_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  action.sa_handler = end_quietly;
  ::sigaction(SIGINT, &action, nullptr);
}

void print_failure_json(Context& context, const Failure& failure) {
  std::string json(json_head);
  json += joined({"\"error\":{\"code\":", std::to_string(static_cast<int>(failure.outcome)), ",\"message\":"});
  proto::append_json_string(json, failure.text);
  json += ",\"advice\":";
  proto::append_json_string(json, failure.advice);
  json += ",\"units\":[";
  for (const proto::UnitResult& unit : failure.units) {
    if (!json.ends_with('[')) json += ',';
    proto::append_json(json, unit);
  }
  json += "]";
  if (!failure.diagnostics.empty()) {
    json += ",\"diagnostics\":[";
    for (const proto::Diagnostic& diagnostic : failure.diagnostics) {
      if (!json.ends_with('[')) json += ',';
      proto::append_json(json, diagnostic);
    }
    json += "]";
  }
  json += "}}";
  print_json(context, json);
}

/// Lines from supd, each made harmless.
void append_lines(std::string& out, std::string_view lines) {
  while (!lines.empty()) {
    std::size_t end = std::min(lines.find('\n'), lines.size());
    append_visible(out, lines.substr(0, end));
    out += '\n';
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

/// With -o json programs find the failure on stdout; people find it on stderr either way.
void print_failure(Context& context, const Verb& verb, const Failure& failure) {
  if (failure.text.empty()) return;
  if (context.json()) print_failure_json(context, failure);
  context.out.flush();
  Output err(STDERR_FILENO);
  std::string& text = err.buffer();
  append_lines(text, failure.report);
  text += joined({"supctl ", verb.name, ": ", visible(failure.text), "\n"});
  for (const proto::UnitResult& unit : failure.units) {
    if (failure.text.find(unit.name) != std::string::npos) continue;  // it is named already
    text += joined({"  ", visible(unit.name), ": ", state_name(unit.state)});
    if (!unit.cause.empty()) text += joined({", ", visible(unit.cause)});
    text += '\n';
  }
  if (!failure.advice.empty()) text += joined({"  ", visible(failure.advice), "\n"});
}

/// A process that lives for a millisecond gives no memory back before it ends: pages that are returned and
/// taken again are most of what a long table costs (mallopt(3)).
void keep_memory() {
  constexpr int never = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, never);
  ::mallopt(M_TRIM_THRESHOLD, never);
  ::mallopt(M_TOP_PAD, 1 << 20);
}

int code_of(Outcome outcome) { return static_cast<int>(outcome); }

int stop(const ParseStop& stop) {
  Output out(stop.outcome == Outcome::done ? STDOUT_FILENO : STDERR_FILENO);
  out.write(stop.text);
  return code_of(stop.outcome);
}

/// What could not be written is a failure of its own, unless there was a worse one.
Outcome check_output(Output& out, Outcome outcome) {
  out.flush();
  if (out.error() == 0) return outcome;
  Output err(STDERR_FILENO);
  err.write(joined({"supctl: ", errno_error("write to standard output", {}, out.error()).text(), "\n"}));
  return outcome == Outcome::done ? Outcome::failed : outcome;
}

}  // namespace

int run(std::span<const char* const> args) {
  keep_memory();
  set_signals();
  std::expected<Parsed, ParseStop> parsed = parse_command_line(args);
  if (!parsed) return stop(parsed.error());
  Output out(STDOUT_FILENO);
  Context context{parsed->options, out, terminal_of(STDOUT_FILENO, !parsed->options.no_color)};
  Ending ending = parsed->verb->run(context);
  if (!ending) print_failure(context, *parsed->verb, ending.error());
  return code_of(check_output(out, ending ? *ending : ending.error().outcome));
}

}  // namespace supd::ctl

#include "daemon/apply/signal_reload.hpp"

#include <algorithm>
#include <utility>

#include "daemon/log/own_log.hpp"

namespace supd::apply {
namespace {

/// Diagnostics that are told in the log; supctl diff tells all.
constexpr std::size_t most_lines = 20;

std::string line_of(const proto::Diagnostic& found) {
  std::string text = found.file;
  if (found.line != 0) text += ":" + std::to_string(found.line);
  if (found.line != 0 && found.column != 0) text += ":" + std::to_string(found.column);
  text += (text.empty() ? "" : ": ") + found.severity + ": " + found.message;
  return found.hint.empty() ? text : text + "; " + found.hint;
}

}  // namespace

void SignalReload::ask() {
  again_ = under_way_;
  if (under_way_) return;
  control::Change change{.kind = control::ChangeKind::apply, .by = "SIGHUP"};
  control::ChangeListener& listener = *this;
  auto asked = applier_.change(std::move(change), listener);
  under_way_ = asked.has_value();
  if (asked) return;
  log::error("SIGHUP: " + asked.error().message);
  done_();
}

/// What was done is in the log already.
void SignalReload::on_changed(proto::ChangeReport, std::vector<control::Ticket>, bool) { done(); }

void SignalReload::on_watched(std::optional<proto::RpcFault>) {}

void SignalReload::on_refused(proto::RpcFault why) {
  log::error("SIGHUP: " + why.message);
  std::size_t told = std::min(why.diagnostics.size(), most_lines);
  for (std::size_t i = 0; i < told; ++i) log::error(line_of(why.diagnostics[i]));
  if (told < why.diagnostics.size()) log::error("and " + std::to_string(why.diagnostics.size() - told) + " more");
  done();
}

void SignalReload::done() {
  under_way_ = false;
  if (std::exchange(again_, false)) return ask();
  done_();
}

}  // namespace supd::apply

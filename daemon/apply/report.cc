#include "daemon/apply/report.hpp"

#include <algorithm>
#include <utility>

#include "ctl/proto/outcome.hpp"

namespace supd::apply {
namespace {

std::string bounded(const std::string& value) {
  if (value.size() <= proto::max_value_bytes) return value;
  return value.substr(0, proto::max_value_bytes) + "...";
}

proto::KeyChange key_of(const config::KeyChange& key) {
  return {key.key, bounded(key.before), bounded(key.after), key.where, std::string(word(key.consequence))};
}

std::size_t weight(const proto::KeyChange& key) {
  return sizeof key + key.key.size() + key.before.size() + key.after.size() + key.where.size();
}

void count(proto::ChangeCounts& counts, config::Consequence consequence) {
  switch (consequence) {
    case config::Consequence::none: ++counts.none; break;
    case config::Consequence::live: ++counts.live; break;
    case config::Consequence::restart: ++counts.restart; break;
    case config::Consequence::start: ++counts.start; break;
    case config::Consequence::stop: ++counts.stop; break;
  }
}

/// Adds units until one of the bounds is reached.
class Reporter {
 public:
  void add(const config::UnitChange& change) {
    count(report.counts, change.consequence);
    if (report.units.size() >= proto::max_reported_units || bytes_ >= proto::max_report_bytes) {
      ++report.more;
      return;
    }
    proto::UnitChange unit{
        change.unit, std::string(word(change.difference)), std::string(word(change.consequence)), change.reason, {}};
    for (const config::KeyChange& key : change.keys) {
      if (bytes_ >= proto::max_report_bytes) {
        ++report.more;
        break;
      }
      unit.keys.push_back(key_of(key));
      bytes_ += weight(unit.keys.back());
    }
    report.units.push_back(std::move(unit));
  }

  proto::ChangeReport report;

 private:
  std::size_t bytes_ = 0;
};

proto::Diagnostic diagnostic_of(const config::Diagnostic& found) {
  std::string severity = found.severity == config::Severity::error ? "error" : "warning";
  return {std::move(severity), found.file, found.line,   found.column, found.key,
          found.message,       found.hint, found.source, found.caret};
}

std::vector<proto::Diagnostic> diagnostics_of(const config::Loaded& loaded) {
  std::vector<proto::Diagnostic> out;
  std::size_t most = std::min(loaded.diagnostics.size(), proto::max_reported_diagnostics);
  for (std::size_t i = 0; i < most; ++i) out.push_back(diagnostic_of(loaded.diagnostics[i]));
  return out;
}

}  // namespace

proto::ChangeReport report_of(const config::Plan& plan, const std::function<bool(std::string_view)>& wanted) {
  Reporter reporter;
  for (const config::UnitChange& change : plan.units) {
    if (!wanted || wanted(change.unit)) reporter.add(change);
  }
  proto::ChangeReport& report = reporter.report;
  report.counts.unchanged = plan.unchanged;
  for (const config::SettingChange& setting : plan.settings) {
    report.settings.push_back({setting.key, bounded(setting.before), bounded(setting.after), setting.live});
  }
  return std::move(report);
}

proto::RpcFault fault_of(const config::Loaded& loaded) {
  std::string errors = loaded.errors == 1 ? "1 error" : std::to_string(loaded.errors) + " errors";
  proto::RpcFault fault{
      static_cast<int>(proto::Outcome::usage), "the configuration has " + errors + ": nothing was changed", {}, {}};
  fault.diagnostics = diagnostics_of(loaded);
  std::span told(loaded.diagnostics.data(), fault.diagnostics.size());
  fault.text = config::render(told, false, loaded.more + loaded.diagnostics.size() - told.size());
  return fault;
}

std::vector<proto::Diagnostic> warnings_of(const config::Loaded& loaded) { return diagnostics_of(loaded); }

}  // namespace supd::apply

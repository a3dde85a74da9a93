#include "ctl/change_view.hpp"

#include "ctl/text/join.hpp"
#include "ctl/text/table.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

/// What the unit feels of it.
std::string consequence_text(const proto::UnitChange& unit) {
  bool added = unit.difference == "added", removed = unit.difference == "removed";
  if (unit.consequence == "start") return added ? "new, start" : "start";
  if (unit.consequence == "stop") return removed ? "removed, stop" : "stop";
  if (unit.consequence == "live") return "changed while it runs";
  if (unit.consequence != "none") return visible(unit.consequence);
  return added ? "new" : removed ? "removed" : "changed for its next start";
}

std::string_view consequence_color(const proto::UnitChange& unit) {
  if (unit.consequence == "restart") return color::yellow;
  if (unit.consequence == "start") return color::green;
  return unit.consequence == "stop" ? color::red : color::none;
}

std::string value_text(const std::string& value) { return value.empty() ? "unset" : visible(value); }

void append_head(std::string& out, const proto::UnitChange& unit, bool colored) {
  append_colored(out, colored ? color::bold : color::none, visible(unit.unit));
  out += ": ";
  append_colored(out, colored ? consequence_color(unit) : color::none, consequence_text(unit));
  if (!unit.reason.empty()) out += joined({", ", visible(unit.reason)});
  out += '\n';
}

std::string change_text(const std::string& before, const std::string& after) {
  return joined({value_text(before), " → ", value_text(after)});
}

void append_settings(std::string& out, const proto::ChangeReport& report, bool colored) {
  if (report.settings.empty()) return;
  append_colored(out, colored ? color::bold : color::none, "supd");
  out += '\n';
  Table table;
  for (const proto::SettingChange& setting : report.settings) {
    table.add({{joined({"  ", visible(setting.key)})},
               {change_text(setting.before, setting.after)},
               {setting.live ? "" : "with the next start of supd", color::dim}});
  }
  table.render(out, {.color = colored});
}

}  // namespace

bool is_empty(const proto::ChangeReport& report) {
  const proto::ChangeCounts& counts = report.counts;
  std::uint64_t sum = counts.restart + counts.start + counts.stop + counts.live + counts.none;
  return sum == 0 && report.settings.empty();
}

void append_changes(std::string& out, const proto::ChangeReport& report, bool colored) {
  for (const proto::UnitChange& unit : report.units) {
    append_head(out, unit, colored);
    Table table;
    for (const proto::KeyChange& key : unit.keys) {
      table.add(
          {{joined({"  ", visible(key.key)})}, {change_text(key.before, key.after)}, {visible(key.where), color::dim}});
    }
    table.render(out, {.color = colored});
  }
  if (report.more != 0) out += joined({"and more of ", std::to_string(report.more), " units\n"});
  append_settings(out, report, colored);
}

}  // namespace supd::ctl

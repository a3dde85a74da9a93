#include "ctl/status_view.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "ctl/log_view.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/terminal.hpp"
#include "ctl/text/visible.hpp"
#include "units/base/quantity.hpp"

namespace supd::ctl {
namespace {

std::string uptime_text(const UnitStatus& unit) {
  if (unit.state != State::running && unit.state != State::stopping && unit.pid == 0) return "-";
  std::string text = duration_approximate(std::chrono::milliseconds(unit.uptime_ms));
  std::erase(text, ' ');  // one word, so that columns can be cut by awk
  return text;
}

std::string pid_text(const UnitStatus& unit) { return unit.pid == 0 ? "-" : std::to_string(unit.pid); }

/// For people: three digits or so.
std::string approximate_size(double bytes) {
  constexpr std::array<const char*, 5> scales{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t scale = 0;
  while (bytes >= 1024 && scale + 1 < scales.size()) {
    bytes /= 1024;
    ++scale;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), scale == 0 || bytes >= 100 ? "%.0f %s" : "%.1f %s", bytes, scales[scale]);
  return text.data();
}

/// One line of the details; nothing when there is nothing to tell.
void append_detail(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  constexpr std::size_t indent = 12;
  out += "  ";
  out += name;
  out.append(name.size() < indent ? indent - name.size() : 1, ' ');
  append_visible(out, text);
  out += '\n';
}

std::string state_detail(const UnitStatus& unit) {
  std::string text(state_name(unit.state));
  if (unit.kind == "service" && unit.state == State::running) text += unit.ready ? ", ready" : ", not ready";
  if (unit.since_ms != 0) text += joined({", since ", date_text(unit.since_ms)});
  std::string uptime = uptime_text(unit);
  return uptime == "-" ? text : text + " (" + uptime + ")";
}

std::string process_detail(const UnitStatus& unit) {
  if (unit.pid == 0) return {};
  return joined({"pid ", std::to_string(unit.pid), ", run ", std::to_string(unit.run)});
}

std::string usage_detail(const UnitStatus& unit) {
  if (unit.cpu_ms == 0 && unit.max_rss_kb == 0) return {};
  return "cpu " + duration_approximate(std::chrono::milliseconds(unit.cpu_ms)) + ", memory up to " +
         approximate_size(static_cast<double>(unit.max_rss_kb) * 1024);
}

/// ", 3 by the file"
std::string dropped_by(std::uint64_t count, std::string_view sink) {
  return count == 0 ? std::string() : joined({", ", std::to_string(count), " ", sink});
}

/// Where lines were dropped: the sum alone does not tell what to do.
std::string drop_detail(const UnitStatus& unit) {
  std::string parts =
      dropped_by(unit.log_limited, "above the rate") + dropped_by(unit.log_dropped_file, "by the file") +
      dropped_by(unit.log_dropped_console, "by the console") + dropped_by(unit.log_dropped_journal, "by the journal") +
      dropped_by(unit.log_dropped_syslog, "by syslog");
  std::string text = joined({", ", std::to_string(unit.log_dropped), " dropped"});
  return parts.empty() ? text : text + " (" + parts.substr(2) + ")";
}

std::string waiting_for(std::uint64_t bytes, std::int64_t age_ms, std::string_view sink) {
  if (bytes == 0) return {};
  return joined({", ", approximate_size(static_cast<double>(bytes)), " for ", sink, " (",
                 duration_approximate(std::chrono::milliseconds(age_ms)), " old)"});
}

/// What a sink has taken and not passed on.
std::string lag_detail(const UnitStatus& unit) {
  std::string text = waiting_for(unit.log_waiting, unit.log_waiting_ms, "the file") +
                     waiting_for(unit.journal_waiting, unit.journal_waiting_ms, "the journal") +
                     waiting_for(unit.syslog_waiting, unit.syslog_waiting_ms, "syslog");
  return text.empty() ? text : text.substr(2);
}

std::string log_detail(const UnitStatus& unit) {
  if (unit.log_lines == 0 && unit.log_dropped == 0) return {};
  std::string text = joined({std::to_string(unit.log_lines), unit.log_lines == 1 ? " line, " : " lines, ",
                             approximate_size(static_cast<double>(unit.log_bytes))});
  if (unit.log_dropped != 0) text += drop_detail(unit);
  if (unit.log_truncated != 0) text += joined({", ", std::to_string(unit.log_truncated), " cut"});
  return text;
}

}  // namespace

bool is_active(const UnitStatus& unit) {
  return unit.state == State::running || (unit.state == State::completed && unit.kind == "task");
}

Table status_table(std::span<const UnitStatus> units) {
  Table table;
  table.add({{"UNIT", color::bold},
             {"STATE", color::bold},
             {"PID", color::bold},
             {"UPTIME", color::bold},
             {"RESTARTS", color::bold},
             {"CAUSE", color::bold}});
  for (const UnitStatus& unit : units) {
    table.add({{visible(unit.name)},
               {std::string(state_name(unit.state)), state_color(unit.state)},
               {pid_text(unit)},
               {uptime_text(unit)},
               {std::to_string(unit.restarts)},
               {visible(unit.cause)}});
  }
  return table;
}

void append_details(std::string& out, const UnitStatus& unit, bool colored) {
  append_colored(out, colored ? color::bold : color::none, visible(unit.name));
  if (!unit.description.empty()) {
    out += ": ";
    append_visible(out, unit.description);
  }
  out += '\n';
  std::string state;
  append_detail(state, "state", state_detail(unit));
  append_colored(out, colored ? state_color(unit.state) : color::none,
                 std::string_view(state).substr(0, state.size() - 1));
  out += '\n';
  append_detail(out, "cause", unit.cause);
  append_detail(out, "kind", unit.kind);
  append_detail(out, "process", process_detail(unit));
  append_detail(out, "restarts", std::to_string(unit.restarts));
  append_detail(out, "last exit", unit.last_exit);
  append_detail(out, "past runs", usage_detail(unit));
  append_detail(out, "log", log_detail(unit));
  append_detail(out, "log waits", lag_detail(unit));
}

}  // namespace supd::ctl

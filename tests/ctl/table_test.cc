#include "ctl/text/table.hpp"

#include <gtest/gtest.h>

#include "ctl/status_view.hpp"
#include "ctl/text/terminal.hpp"

namespace supd::ctl {
namespace {

std::string rendered(const Table& table, const Table::Shape& shape = {}) {
  std::string out;
  table.render(out, shape);
  return out;
}

Table three_columns() {
  Table table;
  table.add({{"UNIT"}, {"STATE"}, {"CAUSE"}});
  table.add({{"web"}, {"running", color::green}, {"started by hand"}});
  table.add({{"a-long-name"}, {"failed", color::red}, {""}});
  return table;
}

TEST(Table, columns_are_aligned_and_lines_end_without_spaces) {
  EXPECT_EQ(rendered(three_columns()),
            "UNIT         STATE    CAUSE\n"
            "web          running  started by hand\n"
            "a-long-name  failed\n");
}

TEST(Table, width_counts_columns_not_bytes) {
  Table table;
  table.add({{"ü"}, {"x"}});
  table.add({{"日本"}, {"y"}});
  EXPECT_EQ(rendered(table), "ü     x\n日本  y\n");
}

TEST(Table, only_the_last_column_is_cut_and_only_with_a_width) {
  EXPECT_EQ(rendered(three_columns(), {.width = 28}),
            "UNIT         STATE    CAUSE\n"
            "web          running  start…\n"
            "a-long-name  failed\n");
}

TEST(Table, colour_does_not_move_columns) {
  EXPECT_EQ(rendered(three_columns(), {.color = true}),
            "UNIT         STATE    CAUSE\n"
            "web          \x1b[32mrunning\x1b[0m  started by hand\n"
            "a-long-name  \x1b[31mfailed\x1b[0m\n");
}

TEST(Table, rows_can_be_bounded) {
  EXPECT_EQ(rendered(three_columns(), {.max_rows = 1}), "UNIT         STATE    CAUSE\n");
}

TEST(StatusView, table_of_units) {
  UnitStatus web;
  web.name = "web";
  web.kind = "service";
  web.state = State::running;
  web.pid = 1234;
  web.uptime_ms = 125'000;
  web.restarts = 2;
  web.cause = "started by hand\x1b[2J";
  UnitStatus job;
  job.name = "job";
  job.kind = "task";
  job.state = State::completed;
  EXPECT_EQ(rendered(status_table(std::vector{web, job})),
            "UNIT  STATE      PID   UPTIME  RESTARTS  CAUSE\n"
            "web   running    1234  2min5s  2         started by hand\\x1b[2J\n"
            "job   completed  -     -       0\n");
}

TEST(StatusView, active_is_running_or_a_completed_task) {
  UnitStatus unit;
  unit.kind = "service";
  for (int i = 0; i < state_count; ++i) {
    unit.state = state_table()[i].state;
    EXPECT_EQ(is_active(unit), unit.state == State::running) << state_name(unit.state);
  }
  unit.state = State::completed;
  unit.kind = "task";
  EXPECT_TRUE(is_active(unit));
}

TEST(StatusView, details) {
  UnitStatus unit;
  unit.name = "web";
  unit.description = "the site";
  unit.kind = "service";
  unit.state = State::failed;
  unit.last_exit = "exited with 3";
  unit.cause = "gave up after 10 starts in 60 s";
  unit.log_lines = 5;
  unit.log_bytes = 2048;
  unit.log_dropped = 7;
  std::string out;
  append_details(out, unit, false);
  EXPECT_EQ(out,
            "web: the site\n"
            "  state       failed\n"
            "  cause       gave up after 10 starts in 60 s\n"
            "  kind        service\n"
            "  restarts    0\n"
            "  last exit   exited with 3\n"
            "  log         5 lines, 2.0 KiB, 7 dropped\n");
}

TEST(StatusView, P4_details_say_where_lines_were_dropped_and_what_waits) {
  UnitStatus unit;
  unit.name = "web";
  unit.log_lines = 50;
  unit.log_bytes = 2048;
  unit.log_dropped = 21;
  unit.log_limited = 1;
  unit.log_dropped_file = 2;
  unit.log_dropped_console = 3;
  unit.log_dropped_journal = 4;
  unit.log_dropped_syslog = 11;
  unit.log_waiting = 3 * 1024;
  unit.log_waiting_ms = 12'000;
  unit.journal_waiting = 100;
  unit.journal_waiting_ms = 1'000;
  unit.syslog_waiting = 10;
  unit.syslog_waiting_ms = 90'000;
  std::string out;
  append_details(out, unit, false);
  EXPECT_NE(out.find("  log         50 lines, 2.0 KiB, 21 dropped (1 above the rate, 2 by the file, 3 by the console, "
                     "4 by the journal, 11 by syslog)\n"
                     "  log waits   3.0 KiB for the file (12.0 s old), 100 B for the journal (1.0 s old), "
                     "10 B for syslog (1 min 30 s old)\n"),
            std::string::npos)
      << out;
}

}  // namespace
}  // namespace supd::ctl

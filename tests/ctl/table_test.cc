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

}  // namespace
}  // namespace supd::ctl

/// What a change on disk would do, before anything is done (C2).

#include "config/plan/plan.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

/// The plan from one text to another, as people read it. Units run unless `down` names them.
std::string plan(std::string_view before, std::string_view after, const std::string& down = {}) {
  Loaded old = load_text("all.toml", before);
  Loaded fresh = load_text("all.toml", after);
  EXPECT_TRUE(old.ok()) << render(old.diagnostics, false);
  EXPECT_TRUE(fresh.ok()) << render(fresh.diagnostics, false);
  auto now = [&down](std::string_view unit) {
    bool up = down != unit;
    return UnitNow{up, up};
  };
  Plan made = make_plan(old, fresh, now);
  std::string out;
  for (const UnitChange& unit : made.units) {
    out += unit.unit + " " + std::string(word(unit.difference)) + ": " + std::string(word(unit.consequence));
    out += (unit.reason.empty() ? "" : ", " + unit.reason) + "\n";
    for (const KeyChange& key : unit.keys) {
      out += "  " + key.key + ": " + key.before + " -> " + key.after + " (" + std::string(word(key.consequence)) +
             ") " + key.where + "\n";
    }
  }
  for (const SettingChange& setting : made.settings) {
    out += setting.key + ": " + setting.before + " -> " + setting.after + (setting.live ? " live" : " later") + "\n";
  }
  return out + std::to_string(made.unchanged) + " unchanged\n";
}

constexpr const char* two = "[units.db]\ncommand = [\"db\"]\n[units.web]\ncommand = [\"web\"]\n";

TEST(Plan, C2_comments_white_space_and_order_are_no_change) {
  EXPECT_EQ(plan(two, "# new\n\n[units.web]\ncommand=['web'] # here\n[units.db]\ncommand = \"db\"\nenabled = true\n"),
            "2 unchanged\n");
}

TEST(Plan, C2_keys_that_need_a_new_process_and_keys_that_do_not) {
  EXPECT_EQ(plan(two,
                 "[units.db]\ncommand = [\"db\"]\nrestart.limit = 3\n"
                 "[units.web]\ncommand = [\"web\", \"-v\"]\nrestart.limit = 4\nenv.A = \"1\"\n"),
            "db changed: live\n"
            "  restart.limit: 10 -> 3 (live) all.toml:3\n"
            "web changed: restart\n"
            "  command: [\"web\"] -> [\"web\", \"-v\"] (restart) all.toml:5\n"
            "  env.A:  -> \"1\" (restart) all.toml:7\n"
            "  restart.limit: 10 -> 4 (live) all.toml:6\n"
            "0 unchanged\n");
}

TEST(Plan, a_value_that_is_not_written_any_more) {
  EXPECT_EQ(plan("[units.web]\ncommand = [\"web\"]\nenv.A = \"1\"\nlog.path = \"/x\"\nlimits.nofile = 5\n",
                 "[units.web]\ncommand = [\"web\"]\n"),
            "web changed: restart\n"
            "  log.path: \"/x\" -> \"\" (live) \n"
            "  env.A: \"1\" ->  (restart) \n"
            "  limits.nofile: 5 ->  (restart) \n"
            "0 unchanged\n");
}

TEST(Plan, what_does_not_run_starts_with_the_new_values) {
  EXPECT_EQ(plan(two, "[units.db]\ncommand = [\"db2\"]\n[units.web]\ncommand = [\"web\"]\n", "db"),
            "db changed: none\n  command: [\"db\"] -> [\"db2\"] (restart) all.toml:2\n1 unchanged\n");
}

TEST(Plan, units_come_and_go) {
  EXPECT_EQ(plan(two,
                 "[units.db]\ncommand = [\"db\"]\n[units.new]\ncommand = [\"new\"]\n[units.off]\ncommand = [\"x\"]\n"
                 "enabled = false\n"),
            "new added: start\noff added: none\nweb removed: stop\n1 unchanged\n");
  EXPECT_EQ(plan(two, "[units.db]\ncommand = [\"db\"]\n", "web"), "web removed: none\n1 unchanged\n");
}

TEST(Plan, enabling_starts_and_disabling_stops_nothing) {
  std::string off = std::string(two) + "enabled = false\n";
  EXPECT_EQ(plan(off, two, "web"), "web changed: start\n  enabled: false -> true (live) \n1 unchanged\n");
  EXPECT_EQ(plan(two, off), "web changed: live\n  enabled: true -> false (live) all.toml:5\n1 unchanged\n");
}

TEST(Plan, who_binds_to_a_unit_restarts_along_however_far_away) {
  std::string others =
      "[units.app]\ncommand = [\"app\"]\ndepends.binds = [\"web\"]\n[units.far]\ncommand = [\"far\"]\ndepends.binds = "
      "[\"app\"]\n[units.calm]\ncommand = [\"calm\"]\ndepends.requires = [\"web\"]\n";
  EXPECT_EQ(plan("[units.web]\ncommand = [\"web\"]\n" + others, "[units.web]\ncommand = [\"web2\"]\n" + others),
            "web changed: restart\n"
            "  command: [\"web\"] -> [\"web2\"] (restart) all.toml:2\n"
            "app same: restart, binds web, which restarts\n"
            "far same: restart, binds app, which restarts\n"
            "1 unchanged\n");
}

TEST(Plan, a_plan_shows_no_secrets) {
  EXPECT_EQ(plan("[units.web]\ncommand = [\"web\"]\nenv.DB_PASSWORD = \"old\"\n",
                 "[units.web]\ncommand = [\"web\"]\nenv.DB_PASSWORD = \"new\"\nenv.API_KEY = \"k\"\n"),
            "web changed: restart\n"
            "  env.API_KEY:  -> \"…\" (restart) all.toml:4\n"
            "  env.DB_PASSWORD: \"…\" -> \"…\" (restart) all.toml:3\n"
            "0 unchanged\n");
  for (const char* name : {"PASSWORD", "pgpassword", "GITHUB_TOKEN", "SECRET_KEY_BASE", "SSH_KEY", "DATABASE_URL"}) {
    EXPECT_TRUE(looks_secret(name)) << name;
  }
  for (const char* name : {"PATH", "KEYBOARD", "PORT", "HOME", "AUTHOR"}) EXPECT_FALSE(looks_secret(name)) << name;
}

TEST(Plan, settings_of_supd_itself) {
  EXPECT_EQ(plan("[daemon]\nlog_level = \"info\"\nengine = \"uring\"\n",
                 "[daemon]\nlog_level = \"debug\"\nengine = \"epoll\"\n"),
            "daemon.engine: \"uring\" -> \"epoll\" later\ndaemon.log_level: \"info\" -> \"debug\" live\n0 unchanged\n");
}

TEST(Plan, more_replicas_touch_none_of_those_that_are_there) {
  std::string unit = "[units.web]\ncommand = [\"web\"]\nreplicas = ";
  EXPECT_EQ(plan(unit + "2\n", unit + "3\n"),
            "web changed: live\n"
            "  replicas: 2 -> 3 (live) all.toml:3\n"
            "  depends.wants: [\"web:1\", \"web:2\"] -> [\"web:1\", \"web:2\", \"web:3\"] (live) \n"
            "web:3 added: start\n"
            "2 unchanged\n");
}

TEST(Plan, who_binds_what_restarts_goes_along_also_when_it_changes_while_it_runs) {
  constexpr const char* before =
      "[units.db]\ncommand = [\"db\"]\n[units.web]\ncommand = [\"web\"]\ndepends.binds = [\"db\"]\n";
  constexpr const char* after =
      "[units.db]\ncommand = [\"db\", \"-v\"]\n"
      "[units.web]\ncommand = [\"web\"]\ndepends.binds = [\"db\"]\nrestart.limit = 3\n";
  std::string with_change = plan(before, after);
  EXPECT_NE(with_change.find("web changed: restart, binds db, which restarts\n"), std::string::npos) << with_change;
  std::string down = plan(before, after, "web");
  EXPECT_NE(down.find("web changed: none\n"), std::string::npos) << down;
}

}  // namespace
}  // namespace supd::config

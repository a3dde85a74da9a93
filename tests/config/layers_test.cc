/// Defaults, templates, drop-ins and what people said, laid over each other: whose value holds, and where it was
/// written.

#include <gtest/gtest.h>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

/// "KEY = VALUE  FILE:LINE" of the keys that were written somewhere, one a line.
std::string written(const Loaded& loaded, const ScratchDir& dir, std::string_view unit) {
  const Unit* found = loaded.find(unit);
  if (found == nullptr) return "no such unit\n";
  std::string out;
  for (const EffectiveValue& value : effective(*found, loaded)) {
    if (value.where.empty()) continue;
    std::string where = value.where.starts_with(dir.path()) ? value.where.substr(dir.path().size() + 1) : value.where;
    out += value.key + " = " + value.value + "  " + where + "\n";
  }
  return out;
}

Loaded load_good(const LoadRequest& request) {
  Loaded loaded = load(request);
  EXPECT_TRUE(loaded.ok()) << render(loaded.diagnostics, false);
  return loaded;
}

std::string names(const Loaded& loaded) {
  std::string out;
  for (const Unit& unit : loaded.units) out += (out.empty() ? "" : " ") + unit.spec->name;
  return out;
}

TEST(Layers, drop_ins_lie_over_the_file_in_the_order_of_their_names) {
  ScratchDir dir;
  dir.write("web.toml", "command = [\"/bin/true\"]\ndirectory = \"/\"\n[env]\nA = \"file\"\nB = \"file\"\n");
  dir.write("web.toml.d/20-b.toml", "[env]\nB = \"twenty\"\nC = \"twenty\"\n");
  dir.write("web.toml.d/10-a.toml", "directory = \"/tmp\"\n[env]\nB = \"ten\"\n[restart]\nlimit = 3\n");
  dir.write("web.toml.d/README", "not a drop-in");
  EXPECT_EQ(written(load_good({.paths = {dir.path()}}), dir, "web"),
            "command = [\"/bin/true\"]  web.toml:1\n"
            "directory = \"/tmp\"  web.toml.d/10-a.toml:1\n"
            "env.A = \"file\"  web.toml:4\n"
            "env.B = \"twenty\"  web.toml.d/20-b.toml:2\n"
            "env.C = \"twenty\"  web.toml.d/20-b.toml:3\n"
            "restart.limit = 3  web.toml.d/10-a.toml:5\n");
}

TEST(Layers, a_list_replaces_a_list) {
  ScratchDir dir;
  dir.write("web.toml", "command = [\"/bin/true\", \"a\"]\n");
  dir.write("web.toml.d/x.toml", "command = [\"/bin/false\"]\n");
  EXPECT_EQ(load_good({.paths = {dir.path()}}).find("web")->spec->command, std::vector<std::string>{"/bin/false"});
}

TEST(Layers, drop_ins_of_a_file_that_is_named_and_of_a_unit_in_a_collection) {
  ScratchDir dir;
  std::string file = dir.write("web.toml", "command = [\"/bin/true\"]\n");
  dir.write("web.toml.d/x.toml", "enabled = false\n");
  EXPECT_FALSE(load_good({.paths = {file}}).find("web")->spec->enabled);
  ScratchDir other;
  other.write("all.toml", "[units.db]\ncommand = [\"/bin/true\"]\n");
  other.write("db.toml.d/x.toml", "enabled = false\n");
  EXPECT_FALSE(load_good({.paths = {other.path()}}).find("db")->spec->enabled);
}

TEST(Layers, P7_a_mistake_in_a_drop_in_names_the_drop_in) {
  ScratchDir dir;
  dir.write("web.toml", "command = [\"/bin/true\"]\n");
  dir.write("web.toml.d/x.toml", "# a comment\nrestart.dely = \"1s\"\n");
  EXPECT_EQ(load_complaints(dir, {dir.path()}),
            "DIR/web.toml.d/x.toml:2:9: error: restart.dely: unknown key\n"
            "    2 | restart.dely = \"1s\"\n"
            "      |         ^\n"
            "  hint: did you mean delay?\n");
}

TEST(Layers, a_drop_in_without_its_unit_is_worth_a_warning) {
  ScratchDir dir;
  dir.write("web.toml", "kind = \"target\"\n");
  dir.write("wbe.toml.d/x.toml", "enabled = false\n");
  EXPECT_EQ(load_complaints(dir, {dir.path()}),
            "DIR/wbe.toml.d/x.toml:1:1: warning: there is no unit \"wbe\" that this could be a part of\n"
            "    1 | enabled = false\n"
            "      | ^\n"
            "  hint: write the unit, or remove this file\n");
}

TEST(Layers, settings_have_drop_ins_too) {
  ScratchDir dir;
  dir.write("supd.toml", "[daemon]\nengine = \"epoll\"\nlog_level = \"info\"\n");
  dir.write("supd.toml.d/x.toml", "[daemon]\nlog_level = \"debug\"\n");
  Loaded loaded = load_good({.paths = {dir.path()}});
  EXPECT_EQ(loaded.daemon.engine, "epoll");
  EXPECT_EQ(loaded.daemon.log_level, "debug");
}

TEST(Layers, defaults_lie_below_every_unit_as_far_as_it_has_a_process) {
  ScratchDir dir;
  dir.write("supd.toml", "[defaults]\ndirectory = \"/\"\n[defaults.restart]\nlimit = 7\n[defaults.env]\nA = \"1\"\n");
  dir.write("web.toml", "command = [\"/bin/true\"]\n[restart]\ndelay = \"1s\"\n[env]\nB = \"2\"\n");
  dir.write("all.toml", "kind = \"target\"\n");
  Loaded loaded = load_good({.paths = {dir.path()}});
  EXPECT_EQ(written(loaded, dir, "web"),
            "command = [\"/bin/true\"]  web.toml:1\n"
            "directory = \"/\"  supd.toml:2\n"
            "env.A = \"1\"  supd.toml:6\n"
            "env.B = \"2\"  web.toml:5\n"
            "restart.delay = \"1s\"  web.toml:3\n"
            "restart.limit = 7  supd.toml:4\n");
  EXPECT_EQ(written(loaded, dir, "all"), "kind = \"target\"  all.toml:1\n");
}

TEST(Layers, a_mistake_in_the_defaults_is_told_once_however_many_units_feel_it) {
  ScratchDir dir;
  dir.write("supd.toml", "[defaults.restart]\nlimit = \"many\"\n");
  for (const char* name : {"a.toml", "b.toml", "c.toml"}) dir.write(name, "command = [\"/bin/true\"]\n");
  EXPECT_EQ(load_complaints(dir, {dir.path()}),
            "DIR/supd.toml:2:9: error: restart.limit: an integer is wanted here, not a string\n"
            "    2 | limit = \"many\"\n"
            "      |         ^\n"
            "  hint: write: limit = 10\n");
}

TEST(Templates, an_instance_exists_when_somebody_depends_on_it) {
  ScratchDir dir;
  dir.write("getty@.toml", "command = [\"/bin/true\", \"%i\", \"100%%\"]\ndepends.requires = [\"line@%i\"]\n");
  dir.write("line@.toml", "kind = \"target\"\n");
  dir.write("all.toml", "kind = \"target\"\ndepends.wants = [\"getty@tty1\", \"getty@tty2\"]\n");
  Loaded loaded = load_good({.paths = {dir.path()}});
  EXPECT_EQ(names(loaded), "all getty@tty1 getty@tty2 line@tty1 line@tty2");
  EXPECT_EQ(loaded.find("getty@tty2")->spec->command, (std::vector<std::string>{"/bin/true", "tty2", "100%"}));
  EXPECT_EQ(loaded.templates, (std::vector<std::string>{"getty@", "line@"}));
  EXPECT_EQ(written(loaded, dir, "line@tty1"), "kind = \"target\"  line@.toml:1\n");
}

TEST(Templates, a_glob_matches_instances_and_makes_none) {
  ScratchDir dir;
  dir.write("job@.toml", "kind = \"target\"\n");
  dir.write("all.toml", "kind = \"target\"\ndepends.wants = [\"job@*\"]\n");
  dir.write("one.toml", "kind = \"target\"\ndepends.wants = [\"job@a\"]\n");
  Loaded loaded = load_good({.paths = {dir.path()}});
  EXPECT_EQ(names(loaded), "all one job@a");
  EXPECT_EQ(loaded.find("all")->spec->depends[0].unit, "job@a");
}

TEST(Templates, a_file_of_its_own_and_drop_ins_lie_over_the_template) {
  ScratchDir dir;
  dir.write("job@.toml", "command = [\"/bin/true\", \"%i\"]\ndirectory = \"/\"\n");
  dir.write("job@.toml.d/x.toml", "[env]\nNAME = \"<%i>\"\n");
  dir.write("job@a.toml", "directory = \"/tmp\"\n[env]\nPERCENT = \"%d\"\n");
  dir.write("job@a.toml.d/y.toml", "enabled = false\n");
  EXPECT_EQ(written(load_good({.paths = {dir.path()}}), dir, "job@a"),
            "enabled = false  job@a.toml.d/y.toml:1\n"
            "command = [\"/bin/true\", \"a\"]  job@.toml:1\n"
            "directory = \"/tmp\"  job@a.toml:1\n"
            "env.NAME = \"<a>\"  job@.toml.d/x.toml:2\n"
            "env.PERCENT = \"%d\"  job@a.toml:3\n");
}

TEST(Templates, P7_what_is_wrong_with_one_that_nobody_uses_is_told) {
  ScratchDir dir;
  dir.write("job@.toml", "command = [\"/bin/date\", \"+%s\"]\nenabld = true\n");
  EXPECT_EQ(load_complaints(dir, {dir.path()}),
            "DIR/job@.toml:1:25: error: \"%s\" has no meaning in a template\n"
            "    1 | command = [\"/bin/date\", \"+%s\"]\n"
            "      |                         ^\n"
            "  hint: write %% for a percent sign; %i is what stands behind the @\n"
            "DIR/job@.toml:2:1: error: enabld: unknown key\n"
            "    2 | enabld = true\n"
            "      | ^\n"
            "  hint: did you mean enabled?\n");
}

TEST(Templates, C2_a_percent_sign_outside_of_a_template_is_one) {
  EXPECT_EQ(unit_of("command = [\"/bin/date\", \"+%s%%\"]\n").command[1], "+%s%%");
}

TEST(Overrides, what_people_said_beats_the_files_and_says_so) {
  ScratchDir dir;
  dir.write("units/web.toml", "command = [\"/bin/true\"]\nenabled = false\n");
  dir.write("units/job@.toml", "command = [\"/bin/true\"]\n");
  std::string state =
      dir.write("state/overrides.toml",
                "[web]\nenabled = true\nmasked = true\n[\"job@x\"]\nenabled = true\n[gone]\nmasked = true\n");
  Loaded loaded = load_good({.paths = {dir.path("units")}, .state_file = state});
  EXPECT_EQ(names(loaded), "web job@x");
  EXPECT_TRUE(loaded.find("web")->spec->enabled);
  EXPECT_TRUE(loaded.find("web")->spec->masked);
  EXPECT_FALSE(loaded.declared[0].spec->enabled);
  EXPECT_EQ(written(loaded, dir, "web"),
            "enabled = true  state/overrides.toml\ncommand = [\"/bin/true\"]  units/web.toml:1\n");
}

TEST(Overrides, what_is_saved_is_what_is_read) {
  ScratchDir dir;
  dir.write("units/web.toml", "command = [\"/bin/true\"]\n");
  Overrides overrides{dir.path("a/b/overrides.toml"), {}};
  overrides.units["web"] = {.enabled = false, .masked = true, .replicas = 3};
  overrides.units["job@a b"] = {};
  overrides.units["x.y"] = {.enabled = true, .masked = false, .replicas = {}};
  ASSERT_TRUE(save_overrides(overrides));
  overrides.units.erase("job@a b");
  Loaded loaded = load_good({.paths = {dir.path("units")}, .state_file = overrides.file});
  EXPECT_EQ(loaded.overrides, overrides);
  EXPECT_EQ(names(loaded), "web web:1 web:2 web:3");
}

TEST(Overrides, a_file_that_is_damaged_is_an_error) {
  ScratchDir dir;
  std::string state = dir.write("overrides.toml", "[web]\nenabled = 1\n");
  dir.write("units/web.toml", "command = [\"/bin/true\"]\n");
  Loaded loaded = load({.paths = {dir.path("units")}, .state_file = state});
  EXPECT_EQ(render(loaded.diagnostics, false),
            state +
                ":2:1: error: enabled: supd did not write this, and does not know it\n"
                "    2 | enabled = 1\n"
                "      | ^\n"
                "  hint: correct it, or remove the line and say it again with supctl\n");
}

}  // namespace
}  // namespace supd::config

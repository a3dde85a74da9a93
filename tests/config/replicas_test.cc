/// Replicas, the set that stands for them, and globs.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

/// Every unit with what it depends on: "web = wants web:1, wants web:2".
std::string dump(const Loaded& loaded) {
  std::string out;
  for (const Unit& unit : loaded.units) {
    out += unit.spec->name;
    for (const Dependency& dependency : unit.spec->depends) {
      out += (&dependency == unit.spec->depends.data() ? " = " : ", ") + std::string(word(dependency.relation)) + " " +
             dependency.unit;
    }
    out += "\n";
  }
  return out;
}

std::string variable(const UnitSpec& unit, std::string_view name) {
  auto found = std::ranges::find(unit.environment.values, name, &std::pair<std::string, std::string>::first);
  return found != unit.environment.values.end() ? found->second : "(none)";
}

Loaded text(std::string_view toml) {
  Loaded loaded = load_text("all.toml", toml);
  EXPECT_TRUE(loaded.ok()) << render(loaded.diagnostics, false);
  return loaded;
}

TEST(Replicas, a_set_is_a_target_that_wants_them_all) {
  Loaded loaded = text(
      "[units.web]\ncommand = [\"x\"]\nreplicas = 2\ndepends.requires = [\"db\"]\n[units.web.env]\nZ = \"z\"\n"
      "[units.db]\ncommand = [\"y\"]\n"
      "[units.front]\ncommand = [\"z\"]\ndepends.requires = [\"web\"]\n"
      "[units.shard]\ncommand = [\"z\"]\ndepends.binds = [\"web:2\"]\n");
  EXPECT_EQ(dump(loaded),
            "web = wants web:1, wants web:2\n"
            "web:1 = requires db\n"
            "web:2 = requires db\n"
            "db\n"
            "front = requires web\n"
            "shard = binds web:2\n");
  EXPECT_EQ(loaded.units[0].spec->kind, Kind::target);
  EXPECT_EQ(loaded.units[0].spec->replicas, 2U);
  EXPECT_EQ(variable(*loaded.units[1].spec, "REPLICA"), "1");
  EXPECT_EQ(variable(*loaded.units[2].spec, "REPLICA"), "2");
  EXPECT_EQ(loaded.units[2].spec->replica, 2U);
  for (const EffectiveValue& value : effective(loaded.units[2], loaded)) {
    if (value.key == "env.Z") {
      EXPECT_EQ(value.where, "all.toml:6");
    } else if (value.key == "env.REPLICA") {
      EXPECT_EQ(value.where, "");
    }
  }
}

TEST(Replicas, zero_is_an_empty_set) {
  EXPECT_EQ(dump(text("[units.web]\ncommand = [\"x\"]\nreplicas = 0\n")), "web\n");
}

TEST(Replicas, a_number_by_hand_makes_a_set_of_any_unit_with_a_process) {
  Loaded loaded = text("[units.web]\ncommand = [\"x\"]\n[units.all]\nkind = \"target\"\n");
  loaded.overrides.units["web"].replicas = 2;
  loaded.overrides.units["all"].replicas = 2;
  realize(loaded);
  EXPECT_EQ(dump(loaded), "web = wants web:1, wants web:2\nweb:1\nweb:2\nall\n");
  loaded.overrides.units.clear();
  realize(loaded);
  EXPECT_EQ(dump(loaded), "web\nall\n");
}

TEST(Replicas, those_that_stay_are_equal_when_their_number_changes) {
  Loaded loaded = text("[units.web]\ncommand = [\"x\"]\nreplicas = 3\n");
  std::vector<Unit> before = loaded.units;
  loaded.overrides.units["web"].replicas = 5;
  realize(loaded);
  ASSERT_EQ(loaded.units.size(), 6U);
  for (std::size_t i = 1; i <= 3; ++i) EXPECT_EQ(*loaded.units[i].spec, *before[i].spec);
}

TEST(Replicas, each_may_have_a_log_file_and_a_port_of_its_own) {
  Loaded loaded = text(
      "[units.web]\ncommand = [\"x\"]\nreplicas = 2\nlog.path = \"/l/${REPLICA}/web.${REPLICA}\"\n"
      "env.PORT = \"808${REPLICA}\"\n[units.one]\ncommand = [\"x\"]\nenv.PORT = \"808${REPLICA}\"\n");
  EXPECT_EQ(loaded.units[2].spec->log.path, "/l/2/web.2");
  EXPECT_EQ(variable(*loaded.units[2].spec, "PORT"), "8082");
  EXPECT_EQ(variable(*loaded.find("one")->spec, "PORT"), "808${REPLICA}");
}

TEST(Replicas, a_name_that_is_taken_is_an_error) {
  EXPECT_EQ(
      complaints("[units.web]\ncommand = [\"x\"]\nreplicas = 2\n[units.\"web:2\"]\ncommand = [\"x\"]\n", "all.toml"),
      "all.toml:4:8: error: a replica is called \"web:2\" too\n  hint: rename this unit\n");
}

TEST(Replicas, a_conflict_with_a_set_is_one_with_each) {
  EXPECT_EQ(dump(text("[units.web]\ncommand = [\"x\"]\nreplicas = 2\n"
                      "[units.fix]\ncommand = [\"x\"]\ndepends.conflicts = [\"web\"]\n")),
            "web = wants web:1, wants web:2\nweb:1\nweb:2\n"
            "fix = conflicts web, conflicts web:1, conflicts web:2\n");
}

TEST(Globs, mean_the_units_that_match_and_never_the_unit_itself) {
  EXPECT_EQ(dump(text("[units.web]\ncommand = [\"x\"]\nreplicas = 2\n"
                      "[units.web-a]\ncommand = [\"x\"]\n"
                      "[units.web-all]\nkind = \"target\"\ndepends.wants = [\"web*\"]\n"
                      "[units.each]\nkind = \"target\"\ndepends.wants = [\"web:*\"]\n")),
            "web = wants web:1, wants web:2\nweb:1\nweb:2\nweb-a\n"
            "web-all = wants web, wants web-a\n"
            "each = wants web:1, wants web:2\n");
}

TEST(Globs, one_that_matches_nothing_is_worth_a_warning) {
  Loaded loaded = load_text("all.toml", "[units.x]\nkind = \"target\"\ndepends.wants = [\"y*\"]\n");
  EXPECT_TRUE(loaded.ok());
  EXPECT_EQ(render(loaded.diagnostics, false),
            "all.toml:3:18: warning: depends.wants: \"y*\" matches no unit\n"
            "  hint: correct the pattern, or remove it\n");
}

}  // namespace
}  // namespace supd::config

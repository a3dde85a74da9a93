/// Loading again: what did not change is the same object as before, and the result is that of a whole load.

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "config/host/read_file.hpp"
#include "config/show/to_toml.hpp"
#include "tests/config/support.hpp"

namespace supd::config {
namespace {

/// All units as text, and the files with what is known of them.
std::string dump(const Loaded& loaded) {
  std::string out;
  for (const Unit& unit : loaded.units) {
    out += "# " + unit.spec->name + " " + loaded.position_text(unit.spec->where) + "\n" + to_toml(*unit.spec);
    for (const EffectiveValue& value : effective(unit, loaded)) {
      if (!value.where.empty()) out += "# " + value.key + " " + value.where + "\n";
    }
  }
  return out;
}

class Changed : public testing::Test {
 protected:
  /// What is older than a tick of the file system's clock.
  void age() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_.path())) {
      while (stamp_of(entry.path()).young) std::this_thread::yield();
    }
  }

  Loaded first() {
    age();
    auto loaded = load({.paths = {dir_.path()}, .state_file = dir_.path("state")});
    EXPECT_TRUE(loaded.ok()) << render(loaded.diagnostics, false);
    return loaded;
  }

  /// Loads again, and holds the result against a whole load.
  Loaded again(const Loaded& before) {
    LoadRequest request{.paths = {dir_.path()}, .state_file = dir_.path("state")};
    Loaded whole = load(request);
    request.previous = std::make_shared<const Loaded>(before);
    Loaded changed = load(request);
    EXPECT_EQ(render(changed.diagnostics, false), render(whole.diagnostics, false));
    if (whole.ok()) {
      EXPECT_EQ(dump(changed), dump(whole));
    }
    return changed;
  }

  /// Names of the units that were taken over as they were.
  static std::string kept(const Loaded& before, const Loaded& after) {
    std::string out;
    for (const Unit& unit : after.declared) {
      for (const Unit& old : before.declared) {
        if (old.spec == unit.spec) out += (out.empty() ? "" : " ") + unit.spec->name;
      }
    }
    return out;
  }

  void web(std::string_view more = {}) { dir_.write("web.toml", "command = [\"/bin/true\"]\n" + std::string(more)); }
  void write_three() {
    web();
    dir_.write("db.toml", "command = [\"/bin/true\"]\n");
    dir_.write("two.toml", "[units.a]\nkind = \"target\"\n[units.b]\nkind = \"target\"\n");
  }

  ScratchDir dir_;
};

TEST_F(Changed, C2_nothing) {
  write_three();
  Loaded before = first();
  EXPECT_EQ(kept(before, again(before)), "db a b web");
}

TEST_F(Changed, C2_one_file) {
  write_three();
  Loaded before = first();
  web("[env]\nA = \"1\"\n");
  Loaded after = again(before);
  EXPECT_EQ(kept(before, after), "db a b");
  EXPECT_EQ(after.find("web")->spec->environment.values.size(), 1U);
  age();
  Loaded settled = again(after);
  EXPECT_EQ(kept(settled, again(settled)), "db a b web");
}

TEST_F(Changed, C2_one_bad_file) {
  write_three();
  Loaded before = first();
  web("restart.dely = 1\n");
  EXPECT_EQ(again(before).errors, 1U);
}

TEST_F(Changed, files_come_and_go) {
  write_three();
  Loaded before = first();
  dir_.write("new.toml", "kind = \"target\"\n");
  EXPECT_NE(again(before).find("new"), nullptr);
  ::unlink(dir_.path("new.toml").c_str());
  ::unlink(dir_.path("db.toml").c_str());
  EXPECT_EQ(again(before).find("db"), nullptr);
}

TEST_F(Changed, a_file_with_several_units_gets_another_one) {
  write_three();
  Loaded before = first();
  dir_.write("two.toml", "[units.a]\nkind = \"target\"\n[units.c]\nkind = \"target\"\n");
  Loaded after = again(before);
  EXPECT_EQ(after.find("b"), nullptr);
  EXPECT_NE(after.find("c"), nullptr);
}

TEST_F(Changed, a_unit_moves_to_another_file) {
  write_three();
  Loaded before = first();
  dir_.write("db.toml", "[units.db]\ncommand = [\"/bin/true\"]\n[units.a]\nkind = \"target\"\n");
  dir_.write("two.toml", "[units.b]\nkind = \"target\"\n");
  again(before);
}

TEST_F(Changed, a_drop_in) {
  write_three();
  dir_.write("web.toml.d/x.toml", "directory = \"/\"\n");
  Loaded before = first();
  dir_.write("web.toml.d/x.toml", "directory = \"/tmp\"\n");
  EXPECT_EQ(kept(before, again(before)), "db a b");
}

TEST_F(Changed, an_environment_file_that_two_units_share) {
  write_three();
  std::string file = dir_.write("common.env", "A=1\n");
  std::string line = "environment.files = [\"" + file + "\", \"-" + dir_.path("optional.env") + "\"]\n";
  web(line);
  dir_.write("db.toml", "command = [\"/bin/true\"]\n" + line);
  Loaded before = first();
  EXPECT_EQ(kept(before, again(before)), "db a b web");
  dir_.write("common.env", "A=22\n");
  EXPECT_EQ(kept(before, again(before)), "a b");
  dir_.write("common.env", "A=1\n");
  before = first();
  dir_.write("optional.env", "B=1\n");
  Loaded after = again(before);
  EXPECT_EQ(kept(before, after), "a b");
  EXPECT_EQ(after.files.size(), before.files.size()) << "every load would make the list of files longer";
}

TEST_F(Changed, defaults_concern_everybody) {
  write_three();
  dir_.write("supd.toml", "[defaults.restart]\nlimit = 3\n");
  Loaded before = first();
  dir_.write("supd.toml", "[defaults.restart]\nlimit = 4\n");
  EXPECT_EQ(again(before).find("db")->spec->restart.limit, 4U);
  before = first();
  web("directory = \"/\"\n");
  Loaded after = again(before);
  EXPECT_EQ(after.find("web")->spec->restart.limit, 4U);
  EXPECT_EQ(kept(before, after), "db a b");
}

TEST_F(Changed, a_file_that_becomes_more_than_its_units) {
  write_three();
  Loaded before = first();
  dir_.write("two.toml", "[defaults]\ndirectory = \"/\"\n[units.a]\nkind = \"target\"\n[units.b]\nkind = \"target\"\n");
  EXPECT_EQ(again(before).find("web")->spec->directory, "/");
}

TEST_F(Changed, templates_are_always_loaded_as_a_whole) {
  write_three();
  dir_.write("job@.toml", "kind = \"target\"\n");
  web("depends.wants = [\"job@a\"]\n");
  Loaded before = first();
  web("depends.wants = [\"job@b\"]\n");
  Loaded after = again(before);
  EXPECT_EQ(after.find("job@a"), nullptr);
  EXPECT_NE(after.find("job@b"), nullptr);
}

TEST_F(Changed, what_people_said) {
  write_three();
  Loaded before = first();
  dir_.write("state", "[web]\nreplicas = 2\n");
  Loaded after = again(before);
  EXPECT_EQ(kept(before, after), "db a b web");
  EXPECT_NE(after.find("web:2"), nullptr);
}

}  // namespace
}  // namespace supd::config

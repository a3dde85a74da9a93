// From "enable web" to the overrides that say so.

#include "daemon/apply/override_change.hpp"

#include <gtest/gtest.h>

#include <array>

namespace supd::apply {
namespace {

using control::Change;
using control::ChangeKind;

/// web with two replicas, on, off, group, and a template job@ with an instance job@a.
config::Loaded running() {
  constexpr const char* text =
      "[units.web]\nreplicas = 2\ncommand = ['a']\n"
      "[units.on]\ncommand = ['a']\n"
      "[units.off]\nenabled = false\ncommand = ['a']\n"
      "[units.group]\nkind = 'target'\ndepends.wants = ['job@a']\n"
      "[units.'job@']\ncommand = ['a', '%i']\n";
  config::Loaded loaded = config::load_text("units.toml", text);
  EXPECT_TRUE(loaded.ok()) << config::render(loaded.diagnostics, false);
  return loaded;
}

/// The overrides' text, or the refusal.
std::string said(const config::Loaded& loaded, ChangeKind kind, std::vector<std::string> units) {
  auto changed = change_overrides(loaded, Change{.kind = kind, .units = std::move(units)});
  if (!changed) return changed.error().message + (changed.error().hint.empty() ? "" : "; " + changed.error().hint);
  std::string text = config::overrides_text(changed->overrides);
  std::size_t first = text.find("\n\n");
  return first == std::string::npos ? "" : text.substr(first + 2);
}

TEST(OverrideChange, what_the_file_says_anyway_is_not_written_down) {
  config::Loaded loaded = running();
  EXPECT_EQ(said(loaded, ChangeKind::enable, {"on"}), "");
  EXPECT_EQ(said(loaded, ChangeKind::disable, {"on"}), "[on]\nenabled = false\n");
  EXPECT_EQ(said(loaded, ChangeKind::scale, {"web=2"}), "");
  EXPECT_EQ(said(loaded, ChangeKind::scale, {"web=0"}), "[web]\nreplicas = 0\n");
  loaded.overrides.units["on"].enabled = false;
  loaded.overrides.units["on"].replicas = 4;
  EXPECT_EQ(said(loaded, ChangeKind::scale, {"on=1"}), "[on]\nenabled = false\n")
      << "its file says nothing of replicas: that is one";
  loaded.overrides.units["on"].replicas.reset();
  loaded.overrides.units["web"].replicas = 5;
  EXPECT_EQ(said(loaded, ChangeKind::enable, {"on"}), "[web]\nreplicas = 5\n");
  EXPECT_EQ(said(loaded, ChangeKind::scale, {"web=2"}), "[on]\nenabled = false\n");
}

TEST(OverrideChange, patterns_mean_units_as_they_are_written) {
  config::Loaded loaded = running();
  EXPECT_EQ(said(loaded, ChangeKind::mask, {"o*", "on"}), "[off]\nmasked = true\n\n[on]\nmasked = true\n");
  EXPECT_EQ(said(loaded, ChangeKind::mask, {"x*"}), "no unit matches \"x*\"");
  EXPECT_EQ(said(loaded, ChangeKind::unmask, {"on"}), "");
}

TEST(OverrideChange, an_instance_is_kept_by_having_been_enabled) {
  config::Loaded loaded = running();
  EXPECT_EQ(said(loaded, ChangeKind::enable, {"job@new"}), "[\"job@new\"]\nenabled = true\n");
  EXPECT_EQ(said(loaded, ChangeKind::enable, {"job@a"}), "[\"job@a\"]\nenabled = true\n");
  auto changed = change_overrides(loaded, Change{.kind = ChangeKind::enable, .units = {"job@new"}});
  EXPECT_TRUE(changed->instances);
}

TEST(OverrideChange, all_or_nothing_and_every_refusal_says_what_to_write) {
  config::Loaded loaded = running();
  struct Case {
    ChangeKind kind;
    const char* unit;
    const char* refusal;
  };
  constexpr std::array cases{
      Case{ChangeKind::enable, "onn", "no such unit: \"onn\""},
      Case{ChangeKind::enable, "unheard", "no such unit: \"unheard\"; if its file is new: supctl apply"},
      Case{ChangeKind::enable, "job@", "job@ is a template; name a unit that is made of it: job@NAME"},
      Case{ChangeKind::disable, "job@new", "no such unit: \"job@new\"; if its file is new: supctl apply"},
      Case{ChangeKind::mask, "web:1", "web:1 is one of the replicas of web; say it of all of them: supctl mask web"},
      Case{ChangeKind::mask, "@group", "mask is said of units, not of the members of a target"},
      Case{ChangeKind::scale, "web:2=3",
           "web:2 is one of the replicas of web; say it of all of them: supctl scale web=2"},
      Case{ChangeKind::scale, "group=2", "group is a target: it has no process that could be multiplied"},
      Case{ChangeKind::scale, "web", "how many replicas of web? write it as web=3"},
      Case{ChangeKind::scale, "web=", "\"\" is no number of replicas; write a number from 0 to 1000"},
      Case{ChangeKind::scale, "web=-1", "\"-1\" is no number of replicas; write a number from 0 to 1000"},
      Case{ChangeKind::scale, "web=1001", "\"1001\" is no number of replicas; write a number from 0 to 1000"},
      Case{ChangeKind::scale, "web=99999999999",
           "\"99999999999\" is no number of replicas; write a number from 0 to 1000"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(said(loaded, each.kind, {each.unit}), each.refusal);
    std::string good = each.kind == ChangeKind::scale ? "on=2" : "on";
    EXPECT_EQ(said(loaded, each.kind, {good, each.unit}), each.refusal) << "nothing is said of the good one";
  }
}

TEST(OverrideChange, notes_tell_what_it_means) {
  config::Loaded loaded = running();
  auto notes = [&](ChangeKind kind, const char* unit) {
    return change_overrides(loaded, Change{.kind = kind, .units = {unit}})->notes.at(0);
  };
  EXPECT_EQ(notes(ChangeKind::enable, "off"), "off: starts with supd from now on");
  EXPECT_EQ(notes(ChangeKind::enable, "on"), "on: starts with supd already");
  EXPECT_EQ(notes(ChangeKind::disable, "on"), "on: does not start with supd from now on");
  EXPECT_EQ(notes(ChangeKind::mask, "on"), "on: nobody can start it from now on");
  EXPECT_EQ(notes(ChangeKind::unmask, "on"), "on: can be started already");
  EXPECT_EQ(notes(ChangeKind::scale, "web=1"), "web: 1 replica");
  EXPECT_EQ(notes(ChangeKind::scale, "web=2"), "web: 2 replicas already");
}

}  // namespace
}  // namespace supd::apply

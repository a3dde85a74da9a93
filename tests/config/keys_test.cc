/// What must hold of the table of keys as a whole.

#include "config/keys/keys.hpp"

#include <gtest/gtest.h>

#include <set>

#include "config/keys/names.hpp"
#include "tests/config/support.hpp"

namespace supd::config {
namespace {

/// "restart.delay" = VALUE on one line, in a unit that is otherwise good.
std::string unit_with(std::string_view key, std::string_view value) {
  std::string text = std::string(key) + " = " + std::string(value) + "\n";
  return key == "command" ? text : "command = [\"/bin/true\"]\n" + text;
}

TEST(Keys, each_is_listed_once) {
  std::set<std::string_view> seen;
  for (const Key<UnitSpec>& key : unit_keys()) EXPECT_TRUE(seen.insert(key.info.path).second) << key.info.path;
  seen.clear();
  for (const Key<DaemonConfig>& key : daemon_keys()) EXPECT_TRUE(seen.insert(key.info.path).second) << key.info.path;
}

TEST(Keys, each_built_one_has_documentation_and_a_good_example) {
  FakeHost host;
  host.files["/etc/default/web"] = "A=1\n";
  for (const Key<UnitSpec>& key : unit_keys()) {
    if (!key.built()) continue;
    EXPECT_FALSE(key.info.help.empty()) << key.info.path;
    EXPECT_FALSE(key.info.type.empty()) << key.info.path;
    ASSERT_NE(key.show, nullptr) << key.info.path;
    ASSERT_NE(key.info.shape, nullptr) << key.info.path;
    Loaded loaded = load_text("web.toml", unit_with(key.info.path, key.info.example), host);
    bool needs_group = key.info.path == "run_as.groups" || key.info.path == "run_as.group";
    if (needs_group) continue;  // www-data is a user of FakeHost, no group
    EXPECT_TRUE(loaded.diagnostics.empty()) << key.info.path << "\n" << render(loaded.diagnostics, false);
  }
}

TEST(Keys, each_that_is_not_built_says_so) {
  for (const Key<UnitSpec>& key : unit_keys()) {
    if (key.built()) continue;
    std::string text = complaints(unit_with(key.info.path, "1"));
    std::string expected =
        "error: " + std::string(key.info.path) + ": this key is known but not built yet in this version\n";
    EXPECT_NE(text.find(expected), std::string::npos) << text;
  }
}

TEST(Keys, a_wrong_type_is_an_error_for_every_key) {
  for (const Key<UnitSpec>& key : unit_keys()) {
    if (!key.built()) continue;
    Loaded loaded = load_text("web.toml", unit_with(key.info.path, "1979-05-27"));
    ASSERT_EQ(loaded.errors, 1U) << key.info.path << render(loaded.diagnostics, false);
    const Diagnostic& d = loaded.diagnostics[0];
    EXPECT_EQ(d.key, key.info.path);
    EXPECT_NE(d.message.find("is wanted here, not a date or time"), std::string::npos) << d.message;
    EXPECT_EQ(d.hint.substr(0, 7), "write: ") << d.hint;
    EXPECT_EQ(d.line, key.info.path == "command" ? 1U : 2U);
  }
}

TEST(Keys, P7_every_key_one_letter_off_names_the_nearest) {
  for (const Key<UnitSpec>& key : unit_keys()) {
    std::string leaf(key.info.leaf());
    if (leaf.size() < 4) continue;
    std::string text = complaints(unit_with(std::string(key.info.path) + "x", "1"));
    EXPECT_NE(text.find("hint: did you mean " + leaf + "?"), std::string::npos) << text;
  }
}

TEST(Keys, a_target_has_no_process) {
  for (const Key<UnitSpec>& key : unit_keys()) {
    if (!key.built() || !key.needs_process) continue;
    std::string text = complaints("kind = \"target\"\n" + std::string(key.info.path) + " = []\n");
    EXPECT_NE(text.find(": " + std::string(key.info.path) + ": a target has no process"), std::string::npos) << text;
  }
}

/// What `effective` prints, read again, is the same unit.
TEST(Keys, what_is_shown_can_be_read_back) {
  FakeHost host;
  UnitSpec unit = unit_of(R"(
description = "tabs are not \"allowed\", \\ quotes are: ä"
kind = "task"
enabled = false
command = "/bin/sh -c 'a \"b\" c'"
directory = "/srv"
[depends]
requires = ["db", "migrate:completed"]
wants = ["web:1"]
conflicts = ["other"]
[env]
A = "with \"quotes\", a \\ and a\nnewline\u0007"
B = ""
[environment]
inherit = ["PATH"]
[restart]
policy = "never"
delay = "1500ms"
factor = 1.5
jitter = 1
limit = 3
success = [0, 4, "SIGHUP"]
prevent = ["SIGRTMIN+4"]
[stop]
sequence = ["SIGINT", "1m1s", "SIGKILL"]
scope = "group"
command = ["/bin/stop", ""]
[run_as]
user = "www-data"
group = "adm"
groups = ["staff", 7]
umask = "027"
[limits]
nofile = "1024:4096"
memlock = "64KiB"
rss = "unlimited"
nice = 10
[log]
to = ["console", "memory"]
path = "/var/log/x"
memory = "1MB"
max_line = 100
)",
                          host);
  std::string text;
  Unit whole{std::make_shared<UnitSpec>(unit), std::make_shared<Origins>()};
  for (const EffectiveValue& value : effective(whole, {})) text += value.key + " = " + value.value + "\n";
  EXPECT_EQ(unit_of(text, host), unit) << text;
}

TEST(Keys, defaults_have_no_place_and_set_values_have_their_line) {
  Loaded loaded = load_text("/etc/supd/all.toml", "[units.web]\ncommand = [\"/bin/true\"]\nrestart.limit = 3\n");
  ASSERT_TRUE(loaded.ok());
  for (const EffectiveValue& value : effective(loaded.units[0], loaded)) {
    std::string where;
    if (value.key == "command") where = "/etc/supd/all.toml:2";
    if (value.key == "restart.limit") where = "/etc/supd/all.toml:3";
    EXPECT_EQ(value.where, where) << value.key;
  }
}

TEST(Keys, names_of_units_and_variables) {
  for (const char* good : {"a", "web", "web:1", "getty@tty1", "a.b-c_d", "0", "_"})
    EXPECT_TRUE(is_unit_name(good)) << good;
  EXPECT_TRUE(is_unit_name(std::string(128, 'a')));
  for (const char* bad : {"", "-a", ".a", "a b", "a/b", "ä", "a\n", "a%", "a*"}) EXPECT_FALSE(is_unit_name(bad)) << bad;
  EXPECT_FALSE(is_unit_name(std::string(129, 'a')));
  for (const char* good : {"A", "_", "a1", "PATH"}) EXPECT_TRUE(is_variable_name(good)) << good;
  for (const char* bad : {"", "1A", "A-B", "A=B", "A B", "é"}) EXPECT_FALSE(is_variable_name(bad)) << bad;
}

}  // namespace
}  // namespace supd::config

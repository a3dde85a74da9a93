#include <gtest/gtest.h>

#include "config/host/host.hpp"
#include "tests/config/support.hpp"

namespace supd::config {
namespace {

RunAsSpec run_as(const std::string& text) {
  FakeHost host;
  return unit_of("command = [\"x\"]\n[run_as]\n" + text, host).run_as;
}

std::string complaint(const std::string& text, bool name_service_works = true) {
  FakeHost host;
  host.name_service_works = name_service_works;
  return render(load_text("web.toml", "command = [\"x\"]\n[run_as]\n" + text, host).diagnostics, false);
}

using Gids = std::vector<std::uint32_t>;

TEST(RunAs, a_user_brings_its_groups_home_and_shell) {
  RunAsSpec spec = run_as("user = \"www-data\"");
  EXPECT_TRUE(spec.set_uid && spec.set_gid && spec.set_groups);
  EXPECT_EQ(spec.uid, 33U);
  EXPECT_EQ(spec.gid, 34U);
  EXPECT_EQ(spec.gids, (Gids{34, 100}));
  EXPECT_EQ(spec.home, "/var/www");
  EXPECT_EQ(spec.shell, "/bin/false");
  EXPECT_EQ(spec.group, "");
}

TEST(RunAs, a_group_of_its_own_beats_the_users) {
  RunAsSpec spec = run_as("user = \"www-data\"\ngroup = \"adm\"");
  EXPECT_EQ(spec.uid, 33U);
  EXPECT_EQ(spec.gid, 4U);
  EXPECT_EQ(spec.gids, (Gids{4, 100}));
}

TEST(RunAs, groups_of_its_own_beat_the_users) {
  RunAsSpec spec = run_as("groups = [\"adm\", 7, \"8\"]\nuser = \"www-data\"");
  EXPECT_EQ(spec.gid, 34U);
  EXPECT_EQ(spec.gids, (Gids{4, 7, 8}));
  spec = run_as("user = \"www-data\"\ngroups = []");
  EXPECT_TRUE(spec.set_groups);
  EXPECT_TRUE(spec.gids.empty());
}

TEST(RunAs, numbers_need_no_entry_and_never_keep_the_groups_of_supd) {
  RunAsSpec spec = run_as("user = 1234\ngroup = \"1235\"");
  EXPECT_EQ(spec.uid, 1234U);
  EXPECT_EQ(spec.gid, 1235U);
  EXPECT_TRUE(spec.set_groups);
  EXPECT_TRUE(spec.gids.empty());
  EXPECT_EQ(complaint("user = 1234\n"),
            "web.toml:3:8: error: run_as.user: user \"1234\" has no entry that names its group\n"
            "    3 | user = 1234\n"
            "      |        ^\n"
            "  hint: add to [run_as]: group = \"NAME\"\n");
}

TEST(RunAs, a_group_alone_changes_the_group_alone) {
  RunAsSpec spec = run_as("group = \"staff\"");
  EXPECT_FALSE(spec.set_uid || spec.set_groups);
  EXPECT_TRUE(spec.set_gid);
  EXPECT_EQ(spec.gid, 50U);
}

TEST(RunAs, umask_is_octal_text) {
  RunAsSpec spec = run_as("umask = \"0027\"");
  EXPECT_TRUE(spec.set_umask);
  EXPECT_EQ(spec.umask, 027U);
  EXPECT_EQ(run_as("umask = \"777\"").umask, 0777U);
  EXPECT_FALSE(run_as("").set_umask);
  for (const char* bad : {"\"1000\"", "\"8\"", "\"\"", "\"-1\"", "\"0o22\"", "\"22 \""}) {
    std::string text = complaint("umask = " + std::string(bad));
    EXPECT_NE(text.find("is not an octal number from 0 to 0777\n"), std::string::npos) << text;
  }
  EXPECT_EQ(complaint("umask = 22\n"),
            "web.toml:3:9: error: run_as.umask: an octal number in quotes is wanted here\n"
            "    3 | umask = 22\n"
            "      |         ^\n"
            "  hint: write: umask = \"0022\"\n");
}

TEST(RunAs, who_does_not_exist) {
  EXPECT_EQ(complaint("user = \"nobody-here\"\ngroup = \"none\"\ngroups = [\"adm\", \"gone\"]\n"),
            "web.toml:3:8: error: run_as.user: there is no user \"nobody-here\"\n"
            "    3 | user = \"nobody-here\"\n"
            "      |        ^\n"
            "  hint: create it with useradd, or write the number of a user\n"
            "web.toml:4:9: error: run_as.group: there is no group \"none\"\n"
            "    4 | group = \"none\"\n"
            "      |         ^\n"
            "  hint: create it with groupadd, or write the number of a group\n"
            "web.toml:5:10: error: run_as.groups: there is no group \"gone\"\n"
            "    5 | groups = [\"adm\", \"gone\"]\n"
            "      |          ^\n"
            "  hint: create it with groupadd, or write the number of a group\n");
  for (const char* bad : {"-1", "4294967295", "99999999999"}) {
    EXPECT_NE(complaint("user = " + std::string(bad)).find("there is no user"), std::string::npos) << bad;
  }
}

TEST(RunAs, a_name_service_that_fails_is_not_a_user_that_is_missing) {
  EXPECT_EQ(complaint("user = \"www-data\"\n", false),
            "web.toml:3:8: error: run_as.user: can't look up user \"www-data\": getpwnam www-data: Input/output error\n"
            "    3 | user = \"www-data\"\n"
            "      |        ^\n"
            "  hint: write the number of the user, and the group too\n");
}

TEST(RunAs, the_real_name_service_knows_root) {
  Host host(Trust::all);
  auto root = host.user("root");
  ASSERT_TRUE(root && *root);
  EXPECT_EQ((*root)->uid, 0U);
  EXPECT_TRUE((*root)->has_entry);
  auto by_number = host.user("0");
  ASSERT_TRUE(by_number && *by_number);
  EXPECT_EQ((*by_number)->name, "root");
  auto nobody = host.user("no-such-user-here");
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(*nobody);
  auto group = host.group("root");
  ASSERT_TRUE(group && *group);
  EXPECT_EQ(**group, 0U);
  auto groups = host.groups_of(**root);
  ASSERT_TRUE(groups);
  EXPECT_EQ(groups->at(0), 0U);
}

}  // namespace
}  // namespace supd::config

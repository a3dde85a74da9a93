/// supd.toml: what it says about supd itself.

#include <gtest/gtest.h>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

DaemonConfig settings(std::string_view text) {
  FakeHost host;
  Loaded loaded = load_text("/etc/supd/supd.toml", text, host);
  EXPECT_TRUE(loaded.ok()) << render(loaded.diagnostics, false);
  return loaded.daemon;
}

std::string complaint(std::string_view text) {
  FakeHost host;
  return render(load_text("supd.toml", text, host).diagnostics, false);
}

TEST(Settings, none_are_needed) {
  EXPECT_EQ(settings(""), DaemonConfig{});
  EXPECT_EQ(settings("").engine, "auto");
  EXPECT_FALSE(settings("").shutdown_timeout.has_value());
}

TEST(Settings, every_key_has_its_member) {
  DaemonConfig config = settings(R"([daemon]
engine = "epoll"
runtime_dir = "/run/s"
state_dir = "/var/lib/s"
log_dir = "/var/log/s"
shutdown_timeout = "8s"
log_level = "debug"
[logging]
journal_socket = "/run/j"
syslog = "udp:[::1]:514"
syslog_facility = "local7"
console_format = "json"
own = ["file", "syslog"]
own_format = "json"
[control]
socket = "/run/s/c.sock"
read = ["alice", "@adm", "5"]
operate = ["@staff"]
admin = []
)");
  EXPECT_EQ(config.engine, "epoll");
  EXPECT_EQ(config.runtime_dir, "/run/s");
  EXPECT_EQ(config.state_dir, "/var/lib/s");
  EXPECT_EQ(config.log_dir, "/var/log/s");
  EXPECT_EQ(config.shutdown_timeout, Duration(8s));
  EXPECT_EQ(config.log_level, "debug");
  EXPECT_EQ(config.logging, (LoggingConfig{"/run/j", "udp:[::1]:514", "local7", "json", {"file", "syslog"}, "json"}));
  EXPECT_EQ(config.socket, "/run/s/c.sock");
  EXPECT_EQ(config.read, (RoleList{{"alice", "@adm", "5"}, {1000, 5}, {4}}));
  EXPECT_EQ(config.operate, (RoleList{{"@staff"}, {}, {50}}));
  EXPECT_EQ(config.admin, RoleList{});
}

TEST(Settings, units_may_stand_in_the_same_file_under_any_name) {
  Loaded loaded = load_text("all.toml", "[daemon]\nengine = \"uring\"\n[units.a]\nkind = \"target\"\n");
  EXPECT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.daemon.engine, "uring");
  ASSERT_EQ(loaded.units.size(), 1U);
  EXPECT_EQ(loaded.units[0].spec->name, "a");
}

TEST(Settings, what_is_wrong_with_them) {
  EXPECT_EQ(complaint("[daemon]\nengine = \"iouring\"\nlog_level = 3\nshutdown_timeout = \"0s\"\nstate_dir = \"x\"\n"
                      "enigne = 1\n[control]\nread = [\"bob\", \"@x\"]\nmode = 1\n[defaults]\ncomand = 1\n[deamon]\n"),
            "supd.toml:2:10: error: daemon.engine: \"iouring\" is not known here\n"
            "    2 | engine = \"iouring\"\n"
            "      |          ^\n"
            "  hint: did you mean \"uring\"?\n"
            "supd.toml:3:13: error: daemon.log_level: \"error\", \"warn\", \"info\" or \"debug\" is wanted here, not "
            "an integer\n"
            "    3 | log_level = 3\n"
            "      |             ^\n"
            "  hint: write: log_level = \"info\"\n"
            "supd.toml:4:20: error: daemon.shutdown_timeout: the duration must be longer than zero\n"
            "    4 | shutdown_timeout = \"0s\"\n"
            "      |                    ^\n"
            "  hint: write: shutdown_timeout = \"5s\"\n"
            "supd.toml:5:13: error: daemon.state_dir: \"x\" is not an absolute path\n"
            "    5 | state_dir = \"x\"\n"
            "      |             ^\n"
            "  hint: write the whole path, with a / in front\n"
            "supd.toml:6:1: error: daemon.enigne: unknown key\n"
            "    6 | enigne = 1\n"
            "      | ^\n"
            "  hint: did you mean engine?\n"
            "supd.toml:8:9: error: control.read: there is no user \"bob\"\n"
            "    8 | read = [\"bob\", \"@x\"]\n"
            "      |         ^\n"
            "  hint: create it with useradd, write its number, or \"@GROUP\" for a group\n"
            "supd.toml:8:16: error: control.read: there is no group \"x\"\n"
            "    8 | read = [\"bob\", \"@x\"]\n"
            "      |                ^\n"
            "  hint: create it with groupadd, or write its number\n"
            "supd.toml:9:1: error: control.mode: this key is known but not built yet in this version\n"
            "    9 | mode = 1\n"
            "      | ^\n"
            "  hint: remove it, or use a version of supd that has it\n"
            "supd.toml:11:1: error: comand: unknown key\n"
            "   11 | comand = 1\n"
            "      | ^\n"
            "  hint: did you mean command?\n"
            "supd.toml:12:2: error: deamon: unknown table\n"
            "   12 | [deamon]\n"
            "      |  ^\n"
            "  hint: did you mean daemon?\n");
}

TEST(Settings, where_logs_go_that_units_share) {
  EXPECT_EQ(settings("[logging]\nown = []").logging.own, std::vector<std::string>());
  for (const char* good : {"unix:/dev/log", "udp:10.0.0.1:514", "udp:[fe80::1]:1"}) {
    EXPECT_EQ(settings(std::string("logging.syslog = \"") + good + "\"").logging.syslog, good);
  }
  EXPECT_EQ(complaint("logging.syslog = \"udp:loghost:514\""),
            "supd.toml:1:18: error: logging.syslog: \"udp:loghost:514\" has a host that is no address in numbers: "
            "names are not looked up\n"
            "    1 | logging.syslog = \"udp:loghost:514\"\n"
            "      |                  ^\n"
            "  hint: write \"unix:/dev/log\", \"udp:127.0.0.1:514\" or \"udp:[::1]:514\"\n");
  EXPECT_EQ(complaint("logging.syslog = \"udp:[1::2::3]:514\""),
            "supd.toml:1:18: error: logging.syslog: \"udp:[1::2::3]:514\" has a host that is no IPv6 address\n"
            "    1 | logging.syslog = \"udp:[1::2::3]:514\"\n"
            "      |                  ^\n"
            "  hint: write \"unix:/dev/log\", \"udp:127.0.0.1:514\" or \"udp:[::1]:514\"\n");
  EXPECT_EQ(complaint("logging.journal_socket = \"run/j\""),
            "supd.toml:1:26: error: logging.journal_socket: \"run/j\" has no absolute path\n"
            "    1 | logging.journal_socket = \"run/j\"\n"
            "      |                          ^\n"
            "  hint: write: journal_socket = \"/run/systemd/journal/socket\"\n");
  EXPECT_EQ(complaint("logging.own = [\"stdout\"]\nlogging.syslog_facility = \"local8\""),
            "supd.toml:1:16: error: logging.own: \"stdout\" is not known here\n"
            "    1 | logging.own = [\"stdout\"]\n"
            "      |                ^\n"
            "  hint: write \"stderr\", \"file\", \"journal\" or \"syslog\"\n"
            "supd.toml:2:27: error: logging.syslog_facility: \"local8\" is not known here\n"
            "    2 | logging.syslog_facility = \"local8\"\n"
            "      |                           ^\n"
            "  hint: did you mean \"local0\"?\n");
}

TEST(Settings, keys_of_a_unit_do_not_belong_there) {
  EXPECT_EQ(complaint("command = \"x\"\n[unit.a]\nx = 1\n"),
            "supd.toml:1:1: error: command: this belongs to a unit, and the file is not the file of one unit\n"
            "    1 | command = \"x\"\n"
            "      | ^\n"
            "  hint: write it below [units.NAME], or into a file NAME.toml of its own\n"
            "supd.toml:2:2: error: unit: unknown table\n"
            "    2 | [unit.a]\n"
            "      |  ^\n"
            "  hint: did you mean units?\n");
  EXPECT_EQ(complaint("units = 1\n"),
            "supd.toml:1:9: error: units: units are tables, not an integer\n"
            "    1 | units = 1\n"
            "      |         ^\n"
            "  hint: write a line [units.NAME] above the keys of each unit\n");
  EXPECT_EQ(complaint("[units]\nweb = 1\n"),
            "supd.toml:2:1: error: units.web: a unit is a table, not an integer\n"
            "    2 | web = 1\n"
            "      | ^\n"
            "  hint: write a line [units.NAME] above the keys of each unit\n");
}

}  // namespace
}  // namespace supd::config

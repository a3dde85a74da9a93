/// Files and directories (C2), the search path, and what may exist once only.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

constexpr const char* good = "command = [\"/bin/true\"]\n";

std::vector<std::string> names(const Loaded& loaded) {
  std::vector<std::string> out;
  for (const Unit& unit : loaded.units) out.push_back(unit.spec->name);
  return out;
}

using Texts = std::vector<std::string>;

Loaded load_one(const std::string& path) { return load({.paths = {path}}); }

TEST(Load, a_directory_gives_its_unit_files_in_the_order_of_their_names) {
  ScratchDir dir;
  dir.write("b.toml", good);
  dir.write("a.toml", good);
  dir.write("c.toml", "[units.x]\nkind = \"target\"\n[units.w]\nkind = \"target\"\n");
  dir.write("supd.toml", "[daemon]\nengine = \"epoll\"\n");
  dir.write(".hidden.toml", "nonsense");
  dir.write("a.toml~", "nonsense");
  dir.write("worker.sh", "nonsense");
  dir.write("sub/d.toml", "nonsense");
  Loaded loaded = load_one(dir.path());
  EXPECT_TRUE(loaded.ok()) << render(loaded.diagnostics, false);
  EXPECT_EQ(names(loaded), (Texts{"a", "b", "x", "w"}));
  EXPECT_EQ(loaded.daemon.engine, "epoll");
  EXPECT_EQ(loaded.files, (Texts{dir.path("a.toml"), dir.path("b.toml"), dir.path("c.toml"), dir.path("supd.toml")}));
  EXPECT_EQ(loaded.units[2].spec->where.file, 2U);
  EXPECT_EQ(loaded.position_text(loaded.units[3].spec->where), dir.path("c.toml") + ":3");
}

TEST(Load, files_and_directories_may_be_mixed_and_a_file_may_have_any_name) {
  ScratchDir dir;
  std::vector<std::string> paths{dir.write("z.toml", good), dir.path("d"), dir.write("plain", good)};
  dir.write("d/y.toml", good);
  EXPECT_EQ(names(load({.paths = paths})), (Texts{"z", "y", "plain"}));
}

TEST(Load, P7_C2_all_errors_of_all_files_come_at_once) {
  ScratchDir dir;
  dir.write("a.toml", "command = [\"/bin/true\"]\nrestart.delay = 1\nenabld = true\n");
  dir.write("b.toml", "command = foo\n");
  dir.write("c.toml", good);
  dir.write("d.toml", "kind = \"x\"\n");
  std::string text = load_complaints(dir, {dir.path()});
  std::vector<std::size_t> places;
  for (const char* part :
       {"DIR/a.toml:2:17: error: restart.delay: a duration needs a unit: 1 of what?\n",
        "DIR/a.toml:3:1: error: enabld: unknown key\n", "DIR/b.toml:1:", "DIR/d.toml:1:8: error: kind: "}) {
    places.push_back(text.find(part));
    EXPECT_NE(places.back(), std::string::npos) << part << "\n" << text;
  }
  EXPECT_TRUE(std::ranges::is_sorted(places)) << text;
}

TEST(Load, a_unit_that_is_defined_twice_names_both_places) {
  ScratchDir dir;
  dir.write("all.toml", "[units.web]\ncommand = [\"/bin/true\"]\n");
  dir.write("web.toml", good + std::string("restart.delay = 1\n"));
  EXPECT_EQ(load_complaints(dir, {dir.path()}),
            "DIR/web.toml:1:1: error: unit \"web\" is also defined in DIR/all.toml:1\n"
            "    1 | command = [\"/bin/true\"]\n"
            "      | ^\n"
            "  hint: remove one of the two, or rename it\n"
            "DIR/web.toml:2:17: error: restart.delay: a duration needs a unit: 1 of what?\n"
            "    2 | restart.delay = 1\n"
            "      |                 ^\n"
            "  hint: write: delay = \"1s\"\n");
}

TEST(Load, settings_in_two_files_name_both_places) {
  ScratchDir dir;
  dir.write("a.toml", "[daemon]\nengine = \"auto\"\n");
  dir.write("supd.toml", "[control]\nsocket = \"/x\"\n");
  EXPECT_EQ(load_complaints(dir, {dir.path()}),
            "DIR/supd.toml:1:2: error: control: supd's own settings are also in DIR/a.toml:1\n"
            "    1 | [control]\n"
            "      |  ^\n"
            "  hint: keep all settings of supd in one file\n");
}

TEST(Load, what_can_not_be_read) {
  ScratchDir dir;
  EXPECT_EQ(load_complaints(dir, {dir.path("none")}),
            "DIR/none: error: open DIR/none: No such file or directory\n"
            "  hint: give a file, or a directory of files NAME.toml\n");
  ASSERT_EQ(::mkfifo(dir.path("fifo.toml").c_str(), 0600), 0);
  dir.write("sub.toml/x", "");
  dir.write("big.toml", std::string(1024 * 1024 + 1, '\n'));
  dir.write("drop.toml.d/x.toml", "");
  std::filesystem::create_symlink(dir.path("nowhere"), dir.path("link.toml"));
  EXPECT_EQ(load_complaints(dir, {dir.path()}),
            "DIR/big.toml: error: read DIR/big.toml: the file is larger than 1 MiB\n"
            "  hint: make it a readable text file of at most 1 MiB\n"
            "DIR/fifo.toml: error: read DIR/fifo.toml: it is not a regular file\n"
            "  hint: make it a readable text file of at most 1 MiB\n"
            "DIR/link.toml: error: open DIR/link.toml: No such file or directory\n"
            "  hint: make it a readable text file of at most 1 MiB\n"
            "DIR/sub.toml: error: read DIR/sub.toml: it is not a regular file\n"
            "  hint: make it a readable text file of at most 1 MiB\n");
}

TEST(Load, a_fifo_given_as_the_file_does_not_block) {
  ScratchDir dir;
  ASSERT_EQ(::mkfifo(dir.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(load_complaints(dir, {dir.path("fifo")}),
            "DIR/fifo: error: read DIR/fifo: it is not a regular file\n"
            "  hint: make it a readable text file of at most 1 MiB\n");
}

TEST(Load, symbolic_links_and_a_file_of_exactly_the_largest_size_are_fine) {
  ScratchDir dir;
  std::string text = good;
  text.resize(1024 * 1024, '\n');
  dir.write("real", text);
  std::filesystem::create_symlink(dir.path("real"), dir.path("web.toml"));
  Loaded loaded = load_one(dir.path());
  EXPECT_TRUE(loaded.ok()) << render(loaded.diagnostics, false);
  EXPECT_EQ(names(loaded), (Texts{"web"}));
}

TEST(Load, a_file_without_permission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything: run this test as another user";
  ScratchDir dir;
  std::string file = dir.write("web.toml", good);
  ASSERT_EQ(::chmod(file.c_str(), 0), 0);
  EXPECT_EQ(load_complaints(dir, {file}),
            "DIR/web.toml: error: open DIR/web.toml: Permission denied\n"
            "  hint: make it readable for supd's user\n");
}

TEST(Load, warnings_about_what_this_machine_does_not_have) {
  ScratchDir dir;
  dir.write("prog", "#!/bin/sh\n");
  dir.write("web.toml", "command = [\"" + dir.path("none") + "\"]\ndirectory = \"" + dir.path("no-dir") +
                            "\"\nlog.path = \"" + dir.path("no-log/x") + "\"\n");
  EXPECT_EQ(load_complaints(dir, {dir.path("web.toml")}),
            "DIR/web.toml:1:11: warning: command: there is no program \"DIR/none\"\n"
            "    1 | command = [\"DIR/none\"]\n"
            "      |           ^\n"
            "  hint: install it, or correct the path\n"
            "DIR/web.toml:2:13: warning: directory: there is no directory \"DIR/no-dir\"\n"
            "    2 | directory = \"DIR/no-dir\"\n"
            "      |             ^\n"
            "  hint: create it before the unit starts\n"
            "DIR/web.toml:3:12: warning: log.path: there is no directory \"DIR/no-log\"\n"
            "    3 | log.path = \"DIR/no-log/x\"\n"
            "      |            ^\n"
            "  hint: create it with the owner that it should have; else supd makes it at the first line\n");
  EXPECT_TRUE(load_one(dir.path("web.toml")).ok());
}

TEST(Load, programs_are_looked_for_where_the_unit_will_look) {
  ScratchDir dir;
  std::string program = dir.write("bin/prog", "#!/bin/sh\n");
  auto warnings = [&dir](const std::string& text) {
    dir.write("web.toml", text);
    return load_complaints(dir, {dir.path("web.toml")});
  };
  std::string own_path = "env.PATH = \"/nowhere:" + dir.path("bin") + "\"\n";
  EXPECT_NE(warnings("command = [\"prog\"]\n" + own_path).find("warning: command: \"prog\" can't be executed\n"),
            std::string::npos);
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  EXPECT_EQ(warnings("command = [\"prog\"]\n" + own_path), "");
  EXPECT_EQ(warnings("command = [\"./bin/prog\"]\ndirectory = \"" + dir.path() + "\"\n"), "");
  EXPECT_NE(warnings("command = [\"prog-of-nobody\"]\n").find("there is no program \"prog-of-nobody\" in PATH\n"),
            std::string::npos);
  EXPECT_EQ(warnings("command = [\"sh\"]\n"), "");
}

/// Sets a variable for one test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* old = std::getenv(name);
    if (old != nullptr) old_ = old;
    had_ = old != nullptr;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { had_ ? ::setenv(name_, old_.c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
  bool had_ = false;
};

TEST(Load, the_search_path) {
  if (::geteuid() == 0) {
    EXPECT_EQ(default_search_path(), (Texts{"/etc/supd", "/run/supd/units", "/usr/lib/supd/units"}));
    return;
  }
  Variable config("XDG_CONFIG_HOME", "/x");
  Variable home("HOME", "/home/alice");
  EXPECT_EQ(default_search_path(), (Texts{"/x/supd"}));
  Variable relative("XDG_CONFIG_HOME", "x");
  EXPECT_EQ(default_search_path(), (Texts{"/home/alice/.config/supd"}));
}

TEST(Load, C2_of_ten_thousand_units_each_is_there) {
  ScratchDir dir;
  for (int i = 0; i < 10'000; ++i) dir.write("u" + std::to_string(i) + ".toml", good);
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  Loaded loaded = load_one(dir.path());
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.units.size(), 10'000U);
  timeval user{}, system{};
  timersub(&after.ru_utime, &before.ru_utime, &user);
  timersub(&after.ru_stime, &before.ru_stime, &system);
  RecordProperty("cpu_ms",
                 std::to_string((user.tv_sec + system.tv_sec) * 1000 + (user.tv_usec + system.tv_usec) / 1000));
}

TEST(Load, P8_more_units_than_may_be_are_an_error) {
  std::string text;
  for (std::size_t i = 0; i <= max_units + 5; ++i) text += "[units.u" + std::to_string(i) + "]\nkind = \"target\"\n";
  Loaded loaded = load_text("all.toml", text);
  EXPECT_EQ(loaded.declared.size(), max_units);
  EXPECT_EQ(render(loaded.diagnostics, false),
            "all.toml:40001:8: error: there are more than 20000 units\n"
            "40001 | [units.u20000]\n"
            "      |        ^\n"
            "  hint: no more can be supervised: remove some\n");
}

}  // namespace
}  // namespace supd::config

#include "config/text/diagnostic.hpp"

#include <gtest/gtest.h>

#include "config/text/source.hpp"
#include "tests/config/support.hpp"

namespace supd::config {
namespace {

Diagnostic sample() {
  return {Severity::error, "/etc/supd/web.toml", 3, 9, "restart.delay", "\"5 s\" is not a duration",
          "write \"5s\"",  "delay = \"5 s\"",    9};
}

TEST(Diagnostic, on_a_terminal_it_has_colours) {
  Diagnostic d = sample();
  EXPECT_EQ(render({&d, 1}, true),
            "\033[1m/etc/supd/web.toml:3:9: \033[0m\033[1;31merror: \033[0mrestart.delay: \"5 s\" is not a duration\n"
            "    3 | delay = \"5 s\"\n"
            "      |         \033[1;32m^\033[0m\n"
            "  \033[1mhint: \033[0mwrite \"5s\"\n");
}

TEST(Diagnostic, positions_may_be_missing) {
  Diagnostic d{Severity::warning, "/x", 0, 0, {}, "message", {}, {}, 0};
  EXPECT_EQ(render({&d, 1}, false), "/x: warning: message\n");
  d.line = 7;
  EXPECT_EQ(render({&d, 1}, false), "/x:7: warning: message\n");
  d.file.clear();
  d.line = 0;
  EXPECT_EQ(render({&d, 1}, false), "warning: message\n");
}

TEST(Diagnostic, L3_what_the_input_says_never_reaches_the_terminal_raw) {
  Diagnostic d{Severity::error, "/\033[2J\n.toml", 1, 3, "a\x07", "b\033c\xff", "d\r\u009b", "\tx\033[31my\xff", 3};
  EXPECT_EQ(render({&d, 1}, false),
            "/\\x1b[2J\\n.toml:1:3: error: a\\x07: b\\x1bc\\xff\n"
            "    1 |  x?[31my?\n"
            "      |   ^\n"
            "  hint: d\\x0d\\xc2\\x9b\n");
}

TEST(Diagnostic, a_long_line_is_shown_around_the_place) {
  std::string text = "command = [\"" + std::string(300, 'a') + "\", 1, \"" + std::string(300, 'b') + "\"]\n";
  EXPECT_EQ(complaints(text),
            "web.toml:1:316: error: command: a string is wanted here, not an integer\n"
            "    1 | " +
                std::string(56, 'a') + "\", 1, \"" + std::string(97, 'b') +
                "\n"
                "      | " +
                std::string(59, ' ') +
                "^\n"
                "  hint: write: command = [\"/usr/bin/program\", \"argument\"]\n");
}

TEST(Diagnostic, quoted_values_are_short_and_harmless) {
  EXPECT_EQ(in_quotes("a\"b\\c\n\t\033"), "\"a\\\"b\\\\c\\n\\t\\x1b\"");
  EXPECT_EQ(in_quotes(std::string(1000, 'x')), "\"" + std::string(59, 'x') + "…\"");
}

TEST(Diagnostic, as_JSON) {
  std::vector<Diagnostic> all{sample(), {Severity::warning, "/a\xff\"\\\n\x7f", 0, 0, {}, "ä", {}, {}, 0}};
  EXPECT_EQ(render_json(all),
            "{\"version\":1,\"ok\":false,\"errors\":1,\"warnings\":1,\"more\":0,\"diagnostics\":["
            "{\"severity\":\"error\",\"file\":\"/etc/supd/web.toml\",\"line\":3,\"column\":9,\"key\":\"restart.delay\","
            "\"message\":\"\\\"5 s\\\" is not a duration\",\"hint\":\"write \\\"5s\\\"\"},"
            "{\"severity\":\"warning\",\"file\":\"/a�\\\"\\\\\\n\x7f\",\"line\":0,\"column\":0,\"key\":\"\","
            "\"message\":\"ä\",\"hint\":\"\"}]}\n");
  EXPECT_EQ(render_json({}), "{\"version\":1,\"ok\":true,\"errors\":0,\"warnings\":0,\"more\":0,\"diagnostics\":[]}\n");
}

TEST(Diagnostic, P8_a_thousand_are_kept_and_the_rest_is_counted) {
  std::string text = "command = \"x\"\n";
  for (int i = 0; i < 1500; ++i) text += "unknown" + std::to_string(i) + " = 1\n";
  Loaded loaded = load_text("web.toml", text);
  EXPECT_EQ(loaded.errors, 1500U);
  EXPECT_EQ(loaded.diagnostics.size(), 1000U);
  EXPECT_EQ(loaded.more, 500U);
  EXPECT_TRUE(render(loaded.diagnostics, false, loaded.more).ends_with("\nand 500 more\n"));
  EXPECT_NE(render_json(loaded.diagnostics, loaded.more).find("\"more\":500,"), std::string::npos);
}

TEST(Diagnostic, P8_errors_are_kept_before_warnings) {
  DiagnosticList list;
  for (int i = 0; i < 1200; ++i) list.add({Severity::warning, "f", 1, 1, {}, "w", {}, {}, 0});
  for (int i = 0; i < 400; ++i) list.add({Severity::error, "f", 2, 1, {}, "e", {}, {}, 0});
  EXPECT_EQ(list.trim(), 600U);
  EXPECT_EQ(list.kept.size(), 1000U);
  EXPECT_EQ(list.kept[599].severity, Severity::warning);
  EXPECT_EQ(list.kept[600].severity, Severity::error);
}

TEST(Diagnostic, others_can_add_errors_at_a_position) {
  ScratchDir dir;
  std::string file = dir.write("web.toml", "command = [\"/bin/true\"]\n[depends]\nrequires = [\"nothing\"]\n");
  Loaded loaded = load({.paths = {file}});
  ASSERT_TRUE(loaded.ok());
  loaded.add_error(loaded.units[0].spec->depends[0].where, "depends.requires", "there is no unit \"nothing\"",
                   "add it");
  EXPECT_FALSE(loaded.ok());
  EXPECT_EQ(render(loaded.diagnostics, false), file +
                                                   ":3:13: error: depends.requires: there is no unit \"nothing\"\n"
                                                   "    3 | requires = [\"nothing\"]\n"
                                                   "      |             ^\n"
                                                   "  hint: add it\n");
}

}  // namespace
}  // namespace supd::config

/// What is told of keys, and the diagnostics as SARIF. Other programs look at the schema: validate_schema.py.

#include "config/show/explain.hpp"

#include <gtest/gtest.h>

#include "config/show/key_page.hpp"
#include "config/show/sarif.hpp"
#include "tests/config/support.hpp"

namespace supd::config {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Explain, a_key) {
  EXPECT_EQ(explain("restart.delay").text,
            "restart.delay: wait before the first restart\n"
            "  type      duration\n"
            "  bounds    from \"0s\" to \"365d\"\n"
            "  default   \"100ms\"\n"
            "  a change  taken over while it runs\n"
            "  example   [restart]\n"
            "            delay = \"5s\"\n"
            "  where     under [restart] of the unit's file, or under [units.NAME.restart] of supd.toml\n");
  EXPECT_EQ(explain("command").text,
            "command: what to execute; no shell is started\n"
            "  type      command\n"
            "  bounds    a list of arguments, or a string that is split as a shell splits words; each argument below "
            "128 KiB\n"
            "  default   none\n"
            "  a change  needs a new process of the unit\n"
            "  example   command = [\"/usr/bin/program\", \"argument\"]\n"
            "  where     above all tables of the unit's file, or under [units.NAME] of supd.toml\n");
  std::string text = explain("daemon.engine").text;
  EXPECT_TRUE(has(text, "  a change  needs a new supd\n")) << text;
  EXPECT_TRUE(has(text, "  where     under [daemon] of supd.toml\n")) << text;
}

TEST(Explain, a_key_that_is_not_built_says_so) {
  EXPECT_EQ(explain("ready.fd").text, "ready.fd: this key is known but not built yet in this version\n");
  EXPECT_TRUE(explain("ready.fd").found);
}

TEST(Explain, a_variable_is_explained_by_env) { EXPECT_EQ(explain("env.PATH").text, explain("env").text); }

TEST(Explain, a_section_and_a_glob_in_short) {
  std::string text =
      "Of a unit:\n"
      "  stop.sequence  signals and waits in turn, SIGKILL last\n"
      "  stop.scope     whom the signals reach\n"
      "  stop.command   run in place of the first signal; [] is none\n";
  EXPECT_EQ(explain("stop").text, text);
  EXPECT_EQ(explain("[stop]").text, text);
  EXPECT_EQ(explain("stop.*").text, text);
}

TEST(Explain, all_keys) {
  std::string text = explain("").text;
  for (const KeyPage& page : key_pages()) EXPECT_TRUE(has(text, "  " + std::string(page.info->path) + "  ")) << text;
  EXPECT_TRUE(has(text, "\nOf supd itself, in supd.toml:\n  daemon.engine  ")) << text;
}

TEST(Explain, a_key_that_is_none) {
  struct Case {
    const char* what;
    const char* text;
  };
  for (const Case& c : {Case{"restart.dely", "no key \"restart.dely\"; did you mean restart.delay?\n"},
                        Case{"max_delay", "no key \"max_delay\"; did you mean restart.max_delay?\n"},
                        Case{"restrat", "no key \"restrat\"; did you mean restart?\n"},
                        Case{"zzz.*", "no key \"zzz.*\"; 'supctl explain' lists all keys\n"},
                        Case{"a\033[2J", "no key \"a\\x1b[2J\"; 'supctl explain' lists all keys\n"}}) {
    EXPECT_FALSE(explain(c.what).found) << c.what;
    EXPECT_EQ(explain(c.what).text, c.text);
  }
  EXPECT_EQ(
      explain_json("restart.dely").text,
      "{\"version\":1,\"error\":{\"code\":4,\"message\":\"no key \\\"restart.dely\\\"\",\"advice\":\"did you mean "
      "restart.delay?\"}}\n");
  EXPECT_FALSE(explain_json("restart.dely").found);
}

TEST(Explain, as_JSON) {
  EXPECT_EQ(explain_json("restart.jitter").text,
            "{\"version\":1,\"keys\":[{\"key\":\"restart.jitter\",\"file\":\"unit\",\"built\":true,\"help\":\"plus or "
            "minus this share of the delay\",\"type\":\"number\",\"bounds\":\"from 0 to 1\",\"default\":\"0.1\","
            "\"effect\":\"live\",\"example\":\"0.1\",\"schema\":{\"description\":\"plus or minus this share of the "
            "delay\\n\\nnumber: from 0 to 1\",\"type\":\"number\",\"minimum\":0,\"maximum\":1,\"default\":0.1,"
            "\"examples\":[0.1]}}]}\n");
  EXPECT_EQ(explain_json("ready.fd").text,
            "{\"version\":1,\"keys\":[{\"key\":\"ready.fd\",\"file\":\"unit\",\"built\":false}]}\n");
}

TEST(Sarif, one_run_with_rules_and_results) {
  std::vector<Diagnostic> all{
      {Severity::error, "/etc/supd/a b.toml", 3, 9, "restart.delay", "no", "write \"5s\"", {}, 0},
      {Severity::warning, "x/\xffw.toml", 0, 0, {}, "m", {}, {}, 0},
      {Severity::error, "", 0, 0, "restart.dely", "unknown key", "did you mean delay?", {}, 0}};
  EXPECT_EQ(render_sarif(all, 2),
            "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":"
            "{\"driver\":{\"name\":\"supd\",\"version\":\"" SUPD_VERSION
            "\",\"rules\":["
            "{\"id\":\"file\",\"shortDescription\":{\"text\":\"a file can be read, and is TOML\"}},"
            "{\"id\":\"restart.delay\",\"shortDescription\":{\"text\":\"wait before the first restart\"}},"
            "{\"id\":\"unknown-key\",\"shortDescription\":{\"text\":\"every key is known\"}}]}},"
            "\"invocations\":[{\"executionSuccessful\":true,\"toolExecutionNotifications\":[{\"level\":\"note\","
            "\"message\":{\"text\":\"and 2 more\"}}]}],\"columnKind\":\"unicodeCodePoints\",\"results\":["
            "{\"ruleId\":\"restart.delay\",\"ruleIndex\":1,\"level\":\"error\",\"message\":{\"text\":\"restart.delay: "
            "no (write \\\"5s\\\")\"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":"
            "\"file:///etc/supd/a%20b.toml\"},\"region\":{\"startLine\":3,\"startColumn\":9}}}]},"
            "{\"ruleId\":\"file\",\"ruleIndex\":0,\"level\":\"warning\",\"message\":{\"text\":\"m\"},\"locations\":["
            "{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"x/%FFw.toml\"}}}]},"
            "{\"ruleId\":\"unknown-key\",\"ruleIndex\":2,\"level\":\"error\",\"message\":{\"text\":\"restart.dely: "
            "unknown key (did you mean delay?)\"},\"locations\":[]}]}]}\n");
}

TEST(Sarif, nothing_wrong_is_a_run_without_results) {
  EXPECT_TRUE(render_sarif({}).ends_with("\"rules\":[]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[]}]}\n"));
}

}  // namespace
}  // namespace supd::config

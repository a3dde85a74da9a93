/// Nothing that a file says can crash or stall the loader (P13, P8).

#include <gtest/gtest.h>

#include <random>

#include "config/text/text_checks.hpp"
#include "tests/config/support.hpp"

namespace supd::config {
namespace {

std::string repeated(std::string_view part, std::size_t count) {
  std::string out;
  out.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += part;
  return out;
}

TEST(Hostile, P13_deep_nesting_of_every_sort_is_an_error) {
  constexpr std::size_t deep = 300'000;
  for (const std::string& text :
       {"x = " + repeated("[", deep), "x = " + repeated("{a=", deep), repeated("a.", deep) + "b = 1",
        "[" + repeated("a.", deep) + "b]", "[[" + repeated("a . ", deep / 2) + "b]]", repeated("\"\".", deep) + "b = 1",
        "x = {" + repeated("a.", deep) + "b = 1}", repeated("''.", deep) + "b = 1",
        "x = \"\"\"a\"\"\"\"\"\n" + repeated("a.", deep) + "b = 1 # \"",
        "x = '''a''''\n" + repeated("a.", deep) + "b = 1 # '",
        "x = \"\"\"" + repeated("a.", 10) + "\"\"\"\n" + repeated("a.", deep) + "b = 1"}) {
    Loaded loaded = load_text("web.toml", text);
    EXPECT_FALSE(loaded.ok()) << text.substr(0, 40);
  }
}

TEST(Hostile, a_key_of_many_parts_says_what_is_wrong) {
  EXPECT_EQ(complaints("command = \"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r\" # a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r\n"
                       "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q = 1\n"),
            "web.toml:2:32: error: a key has more than 16 parts\n"
            "    2 | a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q = 1\n"
            "      |                                ^\n"
            "  hint: no key of a unit file has more than four parts: units.NAME.section.key\n");
}

TEST(Hostile, tables_that_are_too_deep_for_any_key) {
  std::string text = complaints("a.b.c.d.e.f.g.h.i.j = 1\n");
  EXPECT_NE(text.find("error: tables and lists are nested more than 8 deep"), std::string::npos) << text;
}

std::string many_unknown_keys(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; out.size() < size; ++i) out += "decription" + std::to_string(i) + "=1\n";
  return out;
}

TEST(Hostile, P8_a_mebibyte_of_anything_ends_soon) {
  constexpr std::size_t size = 1024 * 1024;
  for (const std::string& text :
       {repeated("[units.a]\n", size / 10), repeated("#", size), repeated("\n", size), repeated("\"", size),
        repeated("'", size), repeated("=", size), "command = \"" + repeated("a ", size / 2) + "\"",
        "command = [" + repeated("1,", size / 2) + "]", "depends.requires = [" + repeated("\"a b\",", size / 6) + "]",
        many_unknown_keys(size), "restart.prevent = [" + repeated("\"SIGTREM\",", size / 10) + "]",
        "log.to = [" + repeated("\"flie\",", size / 7) + "]",
        "stop.sequence = [" + repeated("\"SIGTERM\",\"1s\",", size / 16) + "\"SIGKILL\"]"}) {
    (void)load_text("web.toml", text);
  }
}

/// Mutations of a good text; the seed is printed on failure. The long run is tests/config/fuzz_load.cc.
TEST(Hostile, P13_mutated_texts_are_read_or_refused) {
  const std::string good =
      "description = \"x\"\nkind = \"service\"\ncommand = \"a 'b' \\\"c\\\"\"\n[depends]\n"
      "requires = [\"db:started\"]\n[env]\nA = \"1\"\n[restart]\ndelay = \"1s\"\nfactor = 2.0\n"
      "success = [0, \"SIGTERM\"]\n[stop]\nsequence = [\"SIGTERM\", \"1s\", \"SIGKILL\"]\n"
      "[limits]\nnofile = \"1:2\"\n[log]\nto = [\"file\"]\nmax_line = \"64KiB\"\n";
  const std::string alphabet = "\"'[]{}=.,#\\\n\r\t 0159azu-_:$|\xEF\xBB\xBF\xC3\xA4\x01";
  unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  auto below = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (std::size_t edits = 1 + below(6); edits != 0; --edits) {
      std::size_t at = below(text.size());
      switch (below(3)) {
        case 0: text[at] = alphabet[below(alphabet.size())]; break;
        case 1: text.insert(at, 1, alphabet[below(alphabet.size())]); break;
        case 2: text.erase(at, 1 + below(8)); break;
      }
    }
    for (const char* name : {"web.toml", "supd.toml"}) {
      Loaded loaded = load_text(name, text);
      for (const Diagnostic& d : loaded.diagnostics) {
        EXPECT_FALSE(d.hint.empty()) << d.message << "\n" << text;
        EXPECT_NE(d.line, 0U) << d.message << "\n" << text;
      }
      EXPECT_EQ(loaded.ok(), loaded.errors == 0);
      for (const Unit& unit : loaded.units) (void)effective(unit, loaded);
    }
  }
}

}  // namespace
}  // namespace supd::config

/// The direction of the arrows between the layers, and the checker that holds it.

#include <gtest/gtest.h>

#include "tests/hygiene/layers.hpp"

namespace supd::hygiene {
namespace {

using Known = std::set<std::string, std::less<>>;

LayerTable table_of_the_tree() { return parse_layers(read_file(SUPD_SOURCE_ROOT "/tests/hygiene/layers.txt")); }

Known paths(const std::vector<SourceFile>& files) {
  Known known;
  for (const auto& file : files) known.insert(file.path);
  return known;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

TEST(Layers, every_include_of_the_tree_follows_the_table) {
  LayerTable table = table_of_the_tree();
  ASSERT_EQ(joined(table.errors), "");
  auto files = source_files(SUPD_SOURCE_ROOT);
  ASSERT_GT(files.size(), 20U);
  Known known = paths(files);
  std::string problems;
  for (const auto& file : files) problems += joined(check_includes(table, file, known));
  EXPECT_EQ(problems, "");
}

TEST(Layers, headers_have_pragma_once_and_no_using_namespace) {
  std::string problems;
  for (const auto& file : source_files(SUPD_SOURCE_ROOT)) {
    std::string text = without_comments(file.text, true);
    if (file.path.ends_with(".hpp") && !file.text.starts_with("#pragma once\n")) problems += file.path + ": #pragma\n";
    for (auto line : lines_of(text)) {
      bool whole = line.find("using namespace") != line.npos && line.find("literals;") == line.npos;
      if (whole) problems += file.path + ": " + std::string(line) + "\n";
    }
  }
  EXPECT_EQ(problems, "");
}

/// A small table and tree of their own for the checker itself.
struct LayerChecker : testing::Test {
  LayerTable table = parse_layers(
      "layer core:\n"
      "layer shell: core other/one.hpp  # a comment\n"
      "layer shell/deep: core\n"
      "only lib/*: shell/lib_*\n"
      "never core*: *.h */*\n");
  Known known{"core/a.hpp", "core/b.hpp", "shell/s.hpp", "shell/s.cc", "shell/deep/d.hpp", "other/one.hpp"};

  std::string check(const std::string& path, const std::string& text) {
    return joined(check_includes(table, {path, text}, known));
  }
};

TEST_F(LayerChecker, allows_what_the_table_lists) {
  EXPECT_EQ(check("core/b.hpp", "#include <vector>\n#include \"core/a.hpp\"\n"), "");
  EXPECT_EQ(check("shell/x.cc", "#include \"core/a.hpp\"\n#include \"other/one.hpp\"\n#include <unistd.h>\n"), "");
  EXPECT_EQ(check("shell/lib_x.cc", "#include <lib/lib.hpp>\n"), "");
}

TEST_F(LayerChecker, refuses_an_arrow_that_points_upwards) {
  EXPECT_EQ(check("core/b.hpp", "\n#include \"shell/s.hpp\"\n"),
            "core/b.hpp:2: layer core may not include \"shell/s.hpp\"\n");
  EXPECT_EQ(check("shell/deep/d.hpp", "#include \"shell/s.hpp\"\n"),
            "shell/deep/d.hpp:1: layer shell/deep may not include \"shell/s.hpp\"\n");
  EXPECT_NE(check("shell/x.cc", "# include \"shell/deep/d.hpp\"\n"), "");
}

TEST_F(LayerChecker, refuses_libraries_and_system_headers_out_of_place) {
  EXPECT_EQ(check("shell/x.cc", "#include <lib/lib.hpp>\n"),
            "shell/x.cc:1: <lib/lib.hpp> is for shell/lib_* (see layers.txt)\n");
  EXPECT_EQ(check("core/b.hpp", "#include <unistd.h>\n"), "core/b.hpp:1: <unistd.h> has no place in core*\n");
}

TEST_F(LayerChecker, refuses_includes_that_are_not_root_relative_and_unknown_folders) {
  EXPECT_NE(check("core/b.hpp", "#include \"a.hpp\"\n"), "");
  EXPECT_NE(check("nowhere/b.hpp", "#include \"core/a.hpp\"\n"), "");
}

TEST_F(LayerChecker, wants_the_own_header_first_and_ignores_comments) {
  EXPECT_EQ(check("shell/s.cc", "#include \"shell/s.hpp\"\n#include <vector>\n"), "");
  EXPECT_EQ(check("shell/s.cc", "#include <vector>\n#include \"shell/s.hpp\"\n"),
            "shell/s.cc:1: the first include is not the file's own header \"shell/s.hpp\"\n");
  EXPECT_EQ(check("core/b.hpp", "// #include \"shell/s.hpp\"\n/*\n#include \"shell/s.hpp\"\n*/\n"), "");
}

TEST_F(LayerChecker, reports_lines_of_the_table_that_are_no_rule) {
  EXPECT_EQ(parse_layers("layer x\nonly a:\nwhat b: c\n").errors.size(), 3U);
}

}  // namespace
}  // namespace supd::hygiene

/// Short files and short functions, and the counter that holds them.

#include "tests/hygiene/sizes.hpp"

#include <gtest/gtest.h>

namespace supd::hygiene {
namespace {

std::string repeated(const std::string& line, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += line;
  return out;
}

std::string listed(std::string_view text) {
  std::string out;
  for (const auto& function : functions_of(text)) out += function.name + " " + std::to_string(function.lines) + "\n";
  return out;
}

TEST(Sizes, every_file_and_function_of_the_tree_is_short) {
  SizeExceptions exceptions = parse_exceptions(read_file(SUPD_SOURCE_ROOT "/tests/hygiene/size_exceptions.txt"));
  EXPECT_TRUE(exceptions.errors.empty()) << "an exception without a reason: " << exceptions.errors.front();
  std::string problems;
  for (const auto& file : source_files(SUPD_SOURCE_ROOT)) {
    for (const auto& problem : check_sizes(file, exceptions.subjects)) problems += problem + "\n";
  }
  EXPECT_EQ(problems, "");
}

TEST(SizeCounter, finds_functions_methods_and_tests) {
  EXPECT_EQ(listed("namespace a {\nint one() { return 1; }\nclass C : public B {\n public:\n  C() : x_{1}, y_(2) {\n"
                   "    go();\n  }\n  void two() const {\n    if (x) {\n    }\n  }\n  int x_{3};\n};\n}\n"
                   "TEST(Suite, three) {\n  EXPECT_TRUE(f(\"{\"));\n}\n"),
            "one 1\nC 3\ntwo 4\nthree 3\n");
}

TEST(SizeCounter, is_not_led_astray_by_data_comments_and_literals) {
  EXPECT_EQ(listed("constexpr std::array<X, f(2)> table{{\n  {1},\n  {2},\n}};\nint a = 1'000;\n// void no() {\n"
                   "/* { */\nauto s = R\"x(void no() {)x\";\nchar c = '{';\n#define M(x) {\nenum class E { a, b };\n"
                   "void yes(int n) {\n}\n"),
            "yes 2\n");
}

TEST(SizeCounter, reports_what_is_too_long_and_not_excused) {
  std::string body = "void f() {\n" + repeated("  g();\n", function_lines_max) + "}\n";
  SourceFile file{"x.cc", body};
  EXPECT_EQ(check_sizes(file, {}).size(), 1U);
  EXPECT_TRUE(check_sizes(file, {"x.cc:f"}).empty());
  SourceFile header{"x.hpp", repeated("int a;\n", header_lines_max + 1)};
  EXPECT_EQ(check_sizes(header, {}).size(), 1U);
  EXPECT_TRUE(check_sizes({"x.cc", header.text}, {}).empty());
}

TEST(SizeCounter, wants_a_reason_for_each_exception) {
  EXPECT_EQ(parse_exceptions("# no\n\nx.cc it is a table\ny.cc\n").errors.size(), 1U);
}

}  // namespace
}  // namespace supd::hygiene

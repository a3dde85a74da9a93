#include <gtest/gtest.h>

#include <cstring>

#include "ctl/logs/line_cutter.hpp"

namespace supd::ctl::logs {
namespace {

std::vector<std::string> cut(std::string_view bytes, std::size_t step) {
  LineCutter cutter;
  std::vector<std::string> out;
  std::uint64_t expected_offset = 0;
  auto take = [&](const FileLine& line, bool newline) {
    EXPECT_EQ(line.offset, expected_offset);
    expected_offset += line.text.size() + (newline ? 1 : 0);
    out.emplace_back(line.text);
  };
  while (!bytes.empty()) {
    auto room = cutter.room();
    std::size_t size = std::min({step, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), size);
    cutter.filled(size);
    bytes.remove_prefix(size);
    while (auto line = cutter.next()) take(*line, !line->goes_on);
  }
  if (auto line = cutter.rest()) take(*line, false);
  return out;
}

TEST(LineCutter, L5_lines_are_the_same_however_reads_divide_them) {
  std::string bytes = "a\n\n\xc3\xa4\nlast";
  bytes += '\0';
  const std::vector<std::string> expected{"a", "", "\xc3\xa4", std::string("last\0", 5)};
  for (std::size_t step = 1; step <= bytes.size(); ++step) EXPECT_EQ(cut(bytes, step), expected) << step;
}

TEST(LineCutter, L1_P8_an_endless_line_comes_in_pieces_of_bounded_size) {
  std::string bytes(longest_line * 2 + 10, 'x');
  bytes += "\nend\n";
  auto pieces = cut(bytes, LineCutter::read_bytes);
  ASSERT_EQ(pieces.size(), 4U);
  EXPECT_EQ(pieces[0].size(), longest_line);
  EXPECT_EQ(pieces[1].size(), longest_line);
  EXPECT_EQ(pieces[2].size(), 10U);
  EXPECT_EQ(pieces[3], "end");
}

}  // namespace
}  // namespace supd::ctl::logs

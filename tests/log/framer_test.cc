#include "daemon/log/framer.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/log/support.hpp"

namespace supd::log {
namespace {

using Piece = Collected::Piece;

std::vector<Piece> frame(std::string_view text, std::uint64_t max_line, std::size_t step) {
  Framer framer(max_line);
  Collected out;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) framer.feed(text.substr(0, step), out);
  framer.finish(out);
  return out.pieces;
}

std::string joined(const std::vector<Piece>& pieces) {
  std::string out;
  for (const Piece& piece : pieces) out += piece.text + (piece.end == LineEnd::newline ? "\n" : "");
  return out;
}

TEST(Framer, Cuts_at_newlines) {
  std::vector<Piece> expected{{"one", LineEnd::newline}, {"", LineEnd::newline}, {"two", LineEnd::newline}};
  for (std::size_t step : {1U, 2U, 3U, 100U}) EXPECT_EQ(frame("one\n\ntwo\n", 100, step), expected) << step;
}

TEST(Framer, Nothing_comes_of_nothing) { EXPECT_TRUE(frame("", 100, 1).empty()); }

TEST(Framer, L6_last_line_without_newline_is_written_once) {
  Framer framer(100);
  Collected out;
  framer.feed("one\nlast", out);
  framer.finish(out);
  framer.finish(out);
  EXPECT_EQ(out.pieces, (std::vector<Piece>{{"one", LineEnd::newline}, {"last", LineEnd::stream_end}}));
  EXPECT_TRUE(framer.idle());
}

TEST(Framer, L6_silence_shows_the_start_of_a_line_once) {
  Framer framer(100);
  Collected out;
  framer.feed("Password: ", out);
  framer.pause(out);
  framer.pause(out);
  framer.feed("ok\nnext", out);
  framer.finish(out);
  EXPECT_EQ(out.pieces, (std::vector<Piece>{
                            {"Password: ", LineEnd::pause}, {"ok", LineEnd::newline}, {"next", LineEnd::stream_end}}));
}

TEST(Framer, L6_a_stream_that_ends_in_a_pause_is_ended) {
  Framer framer(100);
  Collected out;
  framer.feed("half", out);
  framer.pause(out);
  framer.finish(out);
  EXPECT_EQ(out.pieces, (std::vector<Piece>{{"half", LineEnd::pause}, {"", LineEnd::stream_end}}));
}

TEST(Framer, A_line_of_exactly_max_line_is_whole) {
  std::string text(64, 'x');
  for (std::size_t step : {1U, 7U, 63U, 64U, 65U, 100U}) {
    EXPECT_EQ(frame(text + "\n", 64, step), (std::vector<Piece>{{text, LineEnd::newline}})) << step;
    EXPECT_EQ(frame(text, 64, step), (std::vector<Piece>{{text, LineEnd::stream_end}})) << step;
    EXPECT_EQ(frame(text + "y\n", 64, step), (std::vector<Piece>{{text, LineEnd::cut}, {"y", LineEnd::newline}}))
        << step;
  }
}

TEST(Framer, L1_ten_megabytes_without_newline) {
  constexpr std::size_t max_line = 64 * 1024, size = 10 * 1000 * 1000;
  Framer framer(max_line);
  Collected out;
  std::string chunk(10'000, 'x');
  for (std::size_t fed = 0; fed < size; fed += chunk.size()) {
    framer.feed(chunk, out);
    ASSERT_LE(framer.waiting(), max_line);
    ASSERT_LE(framer.capacity(), 2 * (max_line + 1));
  }
  framer.feed("\nshort\n", out);
  EXPECT_LE(framer.capacity(), 4096U) << "a large carry is given back";
  ASSERT_EQ(out.pieces.size(), size / max_line + 2);
  for (std::size_t i = 0; i + 2 < out.pieces.size(); ++i) {
    EXPECT_EQ(out.pieces[i].text.size(), max_line);
    EXPECT_EQ(out.pieces[i].end, LineEnd::cut);
  }
  EXPECT_EQ(out.pieces.back(), (Piece{"short", LineEnd::newline}));
  EXPECT_EQ(joined(out.pieces).size(), size + 7);
}

TEST(Framer, L2_every_byte_comes_back_unchanged) {
  std::string text;
  for (int round = 0; round < 3; ++round) {
    for (int byte = 0; byte < 256; ++byte) text += static_cast<char>(byte);
  }
  for (std::size_t step : {1U, 3U, 5U, 1000U}) EXPECT_EQ(joined(frame(text, 50, step)), text) << step;
}

TEST(Framer, L5_no_character_is_split_at_a_cut) {
  const std::vector<std::string> characters{"é", "€", "😀", "x"};
  for (const std::string& character : characters) {
    for (std::size_t shift = 0; shift < 4; ++shift) {
      std::string text(shift, 'a');
      while (text.size() < 200) text += character;
      for (const Piece& piece : frame(text + "\n", 32, 5)) {
        if (piece.end != LineEnd::cut) continue;
        EXPECT_GT(piece.text.size(), 32 - 4U);
        EXPECT_EQ(piece.text.substr(piece.text.size() - character.size()), character);
      }
    }
  }
}

TEST(Framer, L5_bytes_that_are_not_UTF8_are_cut_at_the_limit) {
  for (const char* bad :
       {"\x80\x80\x80\x80\x80\x80\x80\x80", "\xff\xff\xff\xff\xff\xff\xff\xff", "\xc0\x80\xc0\x80\xc0\x80\xc0\x80"}) {
    std::string text;
    while (text.size() < 100) text += bad;
    EXPECT_EQ(frame(text, 16, 3).front().text.size(), 16U);
  }
}

TEST(Framer, L5_a_character_split_over_two_reads_is_whole) {
  EXPECT_EQ(frame("gr\xc3\xbc\xc3\x9f\x65\n", 100, 3),
            (std::vector<Piece>{{"gr\xc3\xbc\xc3\x9f\x65", LineEnd::newline}}));
}

std::string random_text(std::mt19937_64& random) {
  static const std::vector<std::string> parts{"\n", "\n\n", "a",    "line", "€",
                                              "😀",  "\xc3", "\x80", "\xff", std::string(1, '\0')};
  std::string text;
  std::size_t size = random() % 600;
  bool long_lines = random() % 2 == 0;
  while (text.size() < size) text += parts[(long_lines && random() % 8 != 0 ? 2 : 0) + random() % (parts.size() - 2)];
  return text;
}

TEST(Framer, P5_random_splits_give_the_same_records) {
  std::uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string text = random_text(random);
    std::uint64_t max_line = 16 + random() % 100;
    std::vector<Piece> whole = frame(text, max_line, text.size() + 1);
    Framer framer(max_line);
    Collected split;
    std::string_view rest = text;
    while (!rest.empty()) {
      std::size_t step = std::min<std::size_t>(rest.size(), random() % 70);
      framer.feed(rest.substr(0, step), split);
      rest.remove_prefix(step);
    }
    framer.finish(split);
    ASSERT_EQ(split.pieces, whole) << "seed " << seed << " round " << round;
    ASSERT_EQ(joined(whole), text) << "seed " << seed << " round " << round;
    for (const Piece& piece : whole) ASSERT_LE(piece.text.size(), max_line);
  }
}

TEST(Framer, P8_max_line_is_clamped) {
  EXPECT_EQ(frame(std::string(20, 'x'), 0, 5).front().text.size(), Framer::least_max_line);
  std::string large(Framer::greatest_max_line + 10, 'x');
  EXPECT_EQ(frame(large, UINT64_MAX, large.size()).front().text.size(), Framer::greatest_max_line);
}

}  // namespace
}  // namespace supd::log

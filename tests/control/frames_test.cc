#include "ctl/proto/frames.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace supd::proto {
namespace {

std::vector<std::string> all(Framer& framer) {
  std::vector<std::string> frames;
  while (auto frame = framer.next()) frames.emplace_back(*frame);
  return frames;
}

using Frames = std::vector<std::string>;

TEST(Frames, any_cut_of_the_stream_gives_the_same_frames) {
  const std::string stream = "one\ntwo\r\n\n\nthree and more\n{}\n";
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    Framer framer;
    Frames frames;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      framer.push(std::string_view(stream).substr(at, size));
      for (std::string& frame : all(framer)) frames.push_back(std::move(frame));
    }
    EXPECT_EQ(frames, (Frames{"one", "two", "three and more", "{}"})) << "pieces of " << size;
    EXPECT_EQ(framer.buffered(), 0U);
  }
}

TEST(Frames, half_a_frame_waits) {
  Framer framer;
  framer.push("half");
  EXPECT_EQ(framer.next(), std::nullopt);
  EXPECT_EQ(framer.buffered(), 4U);
  framer.push(" and whole\nnext");
  EXPECT_EQ(all(framer), Frames{"half and whole"});
  EXPECT_EQ(framer.buffered(), 4U);
}

TEST(Frames, P8_the_longest_frame_passes_and_one_byte_more_ends_the_stream) {
  Framer fits(8);
  fits.push("12345678\nx\n");
  EXPECT_EQ(all(fits), (Frames{"12345678", "x"}));
  EXPECT_FALSE(fits.overflowed());

  Framer whole(8);
  whole.push("ok\n123456789\nok\n");
  EXPECT_EQ(all(whole), Frames{"ok"});
  EXPECT_TRUE(whole.overflowed());
}

TEST(Frames, P8_an_endless_frame_is_noticed_before_its_newline_and_takes_no_memory) {
  Framer framer(8);
  framer.push("123456789");
  EXPECT_EQ(framer.next(), std::nullopt);
  EXPECT_TRUE(framer.overflowed());
  EXPECT_EQ(framer.buffered(), 0U);
  framer.push(std::string(1000, 'x'));
  EXPECT_EQ(framer.buffered(), 0U);
  EXPECT_EQ(framer.next(), std::nullopt);
}

}  // namespace
}  // namespace supd::proto

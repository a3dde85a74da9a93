#include <cerrno>

#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

using WriteContract = LoopContract;

TEST_P(WriteContract, appends_everything_and_gives_the_buffer_back) {
  const sys::UniqueFd file = world().file();
  Recorder first;
  loop().write_file(file.borrow(), "hello ", first);
  EXPECT_EQ(first.terminals, 0);
  ASSERT_TRUE(until([&] { return first.done(); }));
  EXPECT_EQ(first.written, 6U);
  EXPECT_EQ(first.error, 0);
  EXPECT_EQ(first.buffer, "hello ");
  Recorder second;
  loop().write_file(file.borrow(), "world", second);
  ASSERT_TRUE(until([&] { return second.done(); }));
  EXPECT_EQ(world().contents(file), "hello world");
}

TEST_P(WriteContract, large_writes_are_whole) {
  const sys::UniqueFd file = world().file();
  std::string text;
  for (int i = 0; text.size() < 5'000'000; ++i) text += std::to_string(i) + ",";
  Recorder write;
  loop().write_file(file.borrow(), text, write);
  ASSERT_TRUE(until([&] { return write.done(); }));
  EXPECT_EQ(write.written, text.size());
  EXPECT_TRUE(write.buffer == text);
  EXPECT_TRUE(world().contents(file) == text);
}

TEST_P(WriteContract, an_empty_write_succeeds) {
  const sys::UniqueFd file = world().file();
  Recorder write;
  loop().write_file(file.borrow(), "", write);
  EXPECT_EQ(write.terminals, 0);
  ASSERT_TRUE(until([&] { return write.done(); }));
  EXPECT_EQ(write.error, 0);
  EXPECT_EQ(write.written, 0U);
}

TEST_P(WriteContract, L9_a_full_disk_is_an_error_with_the_count) {
  int expected = 0;
  const sys::UniqueFd file = world().full_file(expected);
  Recorder write;
  loop().write_file(file.borrow(), "lost", write);
  ASSERT_TRUE(until([&] { return write.done(); }));
  EXPECT_EQ(write.error, expected);
  EXPECT_EQ(write.written, 0U);
  EXPECT_EQ(write.buffer, "lost");
}

TEST_P(WriteContract, L11_a_full_fifo_is_waited_for_without_blocking_the_loop) {
  const sys::UniqueFd fifo = world().fifo();
  const std::string text(300'000, 'z');
  Recorder write;
  loop().write_file(fifo.borrow(), text, write);
  settle();
  EXPECT_EQ(write.terminals, 0);  // and the loop still turns
  std::string got;
  ASSERT_TRUE(until([&] {
    loop().turn(world().clock());
    got += world().drain_fifo(fifo);
    return write.done();
  }));
  got += world().drain_fifo(fifo);
  EXPECT_EQ(write.written, text.size());
  EXPECT_TRUE(got == text);
  settle();
  EXPECT_EQ(write.terminals, 1);
}

TEST_P(WriteContract, cancel_ends_a_stalled_write_with_the_count) {
  const sys::UniqueFd fifo = world().fifo();
  Recorder write;
  const OpId id = loop().write_file(fifo.borrow(), std::string(200'000, 'z'), write);
  settle();
  loop().cancel(id);
  ASSERT_TRUE(until([&] { return write.done(); }));
  EXPECT_EQ(write.error, ECANCELED);
  EXPECT_EQ(write.written, world().drain_fifo(fifo).size());
  EXPECT_EQ(write.buffer.size(), 200'000U);
}

TEST_P(WriteContract, a_released_write_still_reaches_the_file_and_the_fd_is_closed_after_it) {
  sys::UniqueFd file = world().file();
  sys::UniqueFd kept = real() ? sys::UniqueFd(::dup(file.get())) : sys::UniqueFd(world().duplicate(file.get()));
  Recorder write;
  const OpId id = loop().write_file(file.borrow(), "last words", write);
  loop().release(id, std::move(file));
  ASSERT_TRUE(until([&] { return loop().stats().ops_in_flight == 0; }));
  EXPECT_EQ(world().contents(kept), "last words");
  EXPECT_EQ(write.terminals, 0);
}

TEST_P(WriteContract, many_files_at_once) {
  constexpr std::size_t count = 100;
  std::vector<sys::UniqueFd> files;
  std::vector<std::unique_ptr<Recorder>> writes;
  std::size_t done = 0;
  for (std::size_t i = 0; i < count; ++i) {
    files.push_back(world().file());
    writes.push_back(std::make_unique<Recorder>());
    writes.back()->on_terminal = [&] { ++done; };
    loop().write_file(files.back().borrow(), "file " + std::to_string(i), *writes.back());
  }
  ASSERT_TRUE(until([&] { return done == count; }));
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(world().contents(files[i]), "file " + std::to_string(i));
}

TEST_P(WriteContract, a_bad_fd_fails_with_its_error) {
  Recorder write;
  loop().write_file(sys::BorrowedFd(-1), "x", write);
  ASSERT_TRUE(until([&] { return write.done(); }));
  EXPECT_EQ(write.error, EBADF);
}

SUPD_IN_ALL_WORLDS(WriteContract);

}  // namespace
}  // namespace supd::io::test

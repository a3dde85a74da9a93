/// IORING_OP_READ_MULTISHOT on pipes: what arrives, in which buffers, and how it ends.

#include <unistd.h>

#include <array>
#include <cerrno>

#include "daemon/io/kernel/check.hpp"
#include "daemon/io/kernel/fd.hpp"
#include "daemon/io/kernel/trial.hpp"
#include "daemon/io/uring_opcodes.hpp"

namespace supd::kernel {
namespace {

constexpr std::uint64_t read_tag = 31;
constexpr std::uint64_t other_tag = 32;
constexpr std::uint64_t cancel_tag = 33;

struct ReadTrial : Trial {
  ReadTrial(unsigned count, std::size_t bytes_each) : Trial(io::uring::op_read_multishot) {
    if (good()) provide(count, bytes_each);
    expect(pipe.valid(), "no pipe");
  }
  void arm() { prepare_read(ring(), read_tag, pipe.reader.get(), buffers().group()); }
  void write(std::string_view bytes) { expect(pipe.write(bytes), "the pipe took less than was written"); }
  void is_text(std::string_view seen, std::string_view wanted) {
    if (seen != wanted) fail("read \"" + std::string(seen) + "\", not \"" + std::string(wanted) + "\"");
  }

  Pipe pipe = make_pipe();
};

Outcome data_comes() {
  ReadTrial trial(4, 64);
  if (!trial.good()) return trial.outcome();
  trial.buffers().give_all();
  trial.write("at once ");
  trial.arm();
  trial.is_text(trial.take(read_tag, 8), "at once ");
  // Each of these comes from the wake-up of an armed read; more of them than there are buffers.
  for (const std::string_view text : {"one", "two", "three", "four", "five", "six"}) {
    trial.nothing_more();
    trial.write(text);
    trial.is_text(trial.take(read_tag, text.size()), text);
  }
  return trial.outcome();
}

Outcome end_of_file() {
  ReadTrial trial(2, 64);
  if (!trial.good()) return trial.outcome();
  trial.buffers().give(0);
  trial.arm();
  trial.nothing_more();
  trial.pipe.writer.close();
  const Cqe end = trial.next_is(read_tag, 0);
  trial.equal("the end's flags", end.flags, 0);
  // The only buffer is still there for the next one.
  trial.pipe = make_pipe();
  trial.write("x");
  trial.arm();
  trial.take(read_tag, 1, false);
  return trial.outcome();
}

Outcome end_behind_data() {
  ReadTrial trial(2, 64);
  if (!trial.good()) return trial.outcome();
  trial.buffers().give_all();
  trial.arm();
  trial.nothing_more();
  trial.write("last words");
  trial.pipe.writer.close();
  trial.is_text(trial.take(read_tag, 10), "last words");
  trial.equal("the end's flags", trial.next_is(read_tag, 0).flags, 0);
  return trial.outcome();
}

Outcome buffers_run_out() {
  ReadTrial trial(2, 4);
  if (!trial.good()) return trial.outcome();
  trial.buffers().give_all();
  trial.write("abcdefghijkl");
  trial.arm();
  std::string seen = trial.take(read_tag, 8, false);
  trial.expect(!trial.next_is(read_tag, -ENOBUFS).more(), "-ENOBUFS came with F_MORE");
  trial.buffers().give_all();
  trial.nothing_more();  // new buffers alone do not revive it
  trial.arm();
  seen += trial.take(read_tag, 4, false);
  trial.is_text(seen, "abcdefghijkl");
  return trial.outcome();
}

/// One wake-up, several buffers full: the rest must not wait for the next wake-up.
Outcome small_buffers() {
  ReadTrial trial(8, 16);
  if (!trial.good()) return trial.outcome();
  trial.buffers().give_all();
  const std::string text = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-_";
  trial.arm();
  trial.nothing_more();
  trial.write(text);
  trial.is_text(trial.take(read_tag, text.size()), text);
  return trial.outcome();
}

Outcome mixed_buffers() {
  ReadTrial trial(2, 64);
  if (!trial.good()) return trial.outcome();
  trial.buffers().give(0, 8);
  trial.buffers().give(1, 64);
  trial.arm();
  trial.nothing_more();
  trial.write("01234567");
  trial.equal("the first read", static_cast<std::int64_t>(trial.next("the first read").res), 8);
  trial.nothing_more();
  trial.write("0123456789012345678901234567890123456789");
  trial.equal("a read into a buffer of 64 bytes with 40 pending", trial.next("the second read").res, 40);
  return trial.outcome();
}

/// The wake-up is taken note of, but the bytes go to somebody else before the read looks.
Outcome wake_without_data() {
  ReadTrial trial(4, 64);
  if (trial.good() && !trial.ring().deferred()) trial.not_supported("needs a ring with DEFER_TASKRUN");
  if (!trial.good()) return trial.outcome();
  trial.buffers().give_all();
  trial.arm();
  trial.nothing_more();
  trial.write("gone");
  std::array<char, 16> stolen{};
  trial.equal("a read(2) of the pipe", ::read(trial.pipe.reader.get(), stolen.data(), stolen.size()), 4);
  trial.nothing_more();
  trial.write("here");
  trial.is_text(trial.take(read_tag, 4), "here");
  return trial.outcome();
}

Outcome cancelled() {
  ReadTrial trial(2, 64);
  if (!trial.good()) return trial.outcome();
  trial.buffers().give_all();
  trial.arm();
  trial.nothing_more();
  prepare_cancel(trial.ring(), cancel_tag, read_tag);
  for (int i = 0; i < 2; ++i) {
    const Cqe cqe = trial.next("the read's or the cancel's");
    const bool of_cancel = cqe.tag == cancel_tag;
    trial.equal(of_cancel ? "the cancel's result" : "the read's result", cqe.res, of_cancel ? 0 : -ECANCELED);
    trial.expect(!cqe.more(), "F_MORE on the last completion");
  }
  trial.write("left");
  trial.nothing_more();
  std::array<char, 16> left{};
  trial.equal("a read(2) after the cancel", ::read(trial.pipe.reader.get(), left.data(), left.size()), 4);
  return trial.outcome();
}

Outcome closed_while_armed() {
  ReadTrial trial(2, 64);
  if (!trial.good()) return trial.outcome();
  trial.buffers().give_all();
  trial.arm();
  trial.nothing_more();
  trial.pipe.reader.close();
  trial.write("still read");
  trial.is_text(trial.take(read_tag, 10), "still read");
  trial.pipe.writer.close();
  trial.next_is(read_tag, 0);
  return trial.outcome();
}

Outcome two_pipes_share_a_group() {
  ReadTrial trial(4, 64);
  const Pipe other = make_pipe();
  trial.expect(other.valid(), "no pipe");
  if (!trial.good()) return trial.outcome();
  trial.buffers().give_all();
  trial.arm();
  prepare_read(trial.ring(), other_tag, other.reader.get(), trial.buffers().group());
  trial.nothing_more();
  trial.write("one");
  trial.is_text(trial.take(read_tag, 3), "one");
  trial.expect(other.write("two"), "the pipe took nothing");
  trial.is_text(trial.take(other_tag, 3), "two");
  return trial.outcome();
}

constexpr std::string_view fix_of_retries =
    "c79f52f (io_uring/rw: ensure poll based multishot read retries appropriately)";

constexpr std::array checks{
    Check{"read-data", "a multishot read of a pipe tells every write, in a buffer and with F_MORE", "", Need::vital,
          data_comes},
    Check{"read-eof", "the end of the file is a completion of 0 without flags that takes no buffer", "", Need::vital,
          end_of_file},
    Check{"read-eof-behind-data", "the end of the file comes after the last bytes", "", Need::vital, end_behind_data},
    Check{"read-exhausted", "without buffers it ends with -ENOBUFS, the bytes stay, arming again gets them in order",
          fix_of_retries, Need::vital, buffers_run_out},
    Check{"read-small-buffers", "one write that fills several buffers is read without waiting for another",
          fix_of_retries, Need::vital, small_buffers},
    Check{"read-mixed-buffers", "a small buffer does not limit the reads after it",
          "e537592 (io_uring: do not clamp read length for multishot read)", Need::useful, mixed_buffers},
    Check{"read-wake-without-data", "a wake-up whose bytes somebody else took does not end the read",
          "0a3737d (io_uring/rw: return IOU_ISSUE_SKIP_COMPLETE for multishot retry)", Need::useful, wake_without_data},
    Check{"read-cancel", "a cancelled read ends with -ECANCELED and takes nothing any more", "", Need::vital,
          cancelled},
    Check{"read-closed", "a read goes on when its descriptor is closed, under its old tag", "", Need::useful,
          closed_while_armed},
    Check{"read-shared-group", "reads of several pipes take their buffers from one group", "", Need::vital,
          two_pipes_share_a_group},
};

}  // namespace

std::span<const Check> read_checks() { return checks; }

}  // namespace supd::kernel

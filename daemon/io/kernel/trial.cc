#include "daemon/io/kernel/trial.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace supd::kernel {
namespace {

constexpr std::uint64_t nop_tag = 0x6e6f70;

std::string result_text(int res) { return res < 0 && res > -4096 ? "-" + text_of_errno(-res) : std::to_string(res); }

std::string cqe_text(const Cqe& cqe) {
  std::string text = "tag " + std::to_string(cqe.tag) + ", result " + result_text(cqe.res);
  if (cqe.more()) text += ", F_MORE";
  if (cqe.has_buffer()) text += ", buffer " + std::to_string(cqe.buffer());
  return text;
}

}  // namespace

Trial::Trial(std::uint8_t opcode, RingShape shape) : ring_(shape) {
  if (ring_.error() != 0) {
    not_supported(why_no_ring(ring_.error()));
  } else if (!ring_.knows(opcode)) {
    not_supported("the kernel does not know operation " + std::to_string(opcode));
  }
}

void Trial::fail(std::string detail) {
  if (good()) outcome_ = {Verdict::fail, std::move(detail)};
}

void Trial::not_supported(std::string why) {
  if (good()) outcome_ = {Verdict::not_supported, std::move(why)};
}

void Trial::expect(bool true_one, std::string_view what) {
  if (!true_one) fail(std::string(what));
}

void Trial::equal(std::string_view what, std::int64_t seen, std::int64_t wanted) {
  if (seen == wanted) return;
  fail(std::string(what) + " is " + std::to_string(seen) + ", not " + std::to_string(wanted));
}

void Trial::expect_valid(const Child& child) {
  if (!child.valid()) not_supported("no child could be started: " + text_of_errno(errno));
}

Buffers& Trial::provide(unsigned count, std::size_t bytes_each) {
  buffers_.reset();  // the old group of that number goes first
  buffers_ = std::make_unique<Buffers>(ring_, std::uint16_t{1}, count, bytes_each);
  if (buffers_->error() != 0) not_supported("no buffer ring: " + text_of_errno(buffers_->error()));
  return *buffers_;
}

Cqe Trial::next(std::string_view what, std::chrono::milliseconds limit) {
  if (!good()) return {};
  if (auto cqe = ring_.next(limit)) return *cqe;
  fail("no completion came: " + std::string(what));
  return {};
}

Cqe Trial::next_is(std::uint64_t tag, int res) {
  const std::string wanted = cqe_text({tag, res, 0});
  const Cqe cqe = next(wanted);
  if (good() && (cqe.tag != tag || cqe.res != res)) fail("got " + cqe_text(cqe) + ", expected " + wanted);
  return cqe;
}

void Trial::nothing_more() {
  if (!good()) return;
  ring_.submit();
  ring_.run_deferred_work();  // what is due comes before the NOP
  prepare_nop(ring_, nop_tag);
  const Cqe cqe = next("a NOP");
  if (good() && cqe.tag != nop_tag) fail("an unexpected completion: " + cqe_text(cqe));
}

std::string Trial::take(std::uint64_t tag, std::size_t count, bool recycle) {
  std::string taken;
  while (good() && taken.size() < count) {
    const Cqe cqe = next("data, after " + std::to_string(taken.size()) + " of " + std::to_string(count) + " bytes");
    if (!good()) break;
    if (cqe.tag != tag || cqe.res <= 0 || !cqe.has_buffer() || !cqe.more()) {
      fail("got " + cqe_text(cqe) + " after " + std::to_string(taken.size()) + " of " + std::to_string(count) +
           " bytes, expected data in a buffer, with F_MORE");
      break;
    }
    taken += buffers_->bytes(cqe.buffer(), static_cast<std::size_t>(cqe.res));
    if (recycle) buffers_->give(cqe.buffer());
  }
  return taken;
}

void Trial::child_is(pid_t pid, int code, int status) {
  equal("si_signo", info.si_signo, SIGCHLD);
  equal("si_pid", info.si_pid, pid);
  equal("si_code", info.si_code, code);
  equal("si_status", info.si_status, status);
}

}  // namespace supd::kernel

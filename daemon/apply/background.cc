#include "daemon/apply/background.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/sys/thread.hpp"
#include "units/base/assert.hpp"

namespace supd::apply {

/// Held by both threads. The other end of the pipe becomes readable when the work is done.
struct Background::Job {
  std::function<void()> work;
  sys::UniqueFd ended;

  static void* thread_main(void* handle);
};

namespace {

/// Parsers and name services want more than a writer does.
constexpr std::size_t stack_bytes = std::size_t{4} * 1024 * 1024;

}  // namespace

void* Background::Job::thread_main(void* handle) {
  std::unique_ptr<std::shared_ptr<Job>> job(static_cast<std::shared_ptr<Job>*>(handle));
  (*job)->work();
  (*job)->work = nullptr;
  // Room for one byte there always is.
  static_cast<void>(!::write((*job)->ended.get(), "", 1));
  return nullptr;
}

Background::~Background() { loop_.release(poll_, std::move(ended_)); }

Result<void> Background::start(std::function<void()> work, std::function<void()> done) {
  SUPD_ASSERT(!busy());
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  // No eventfd: a ring that tells of completions by one (as it has to before Linux 6.15) may miss another one's.
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return failed("pipe2");
  sys::UniqueFd ended(ends[0]);
  job->ended.reset(ends[1]);
  auto handle = std::make_unique<std::shared_ptr<Job>>(job);
  if (int error = sys::start_detached_thread(&Job::thread_main, handle.get(), stack_bytes); error != 0) {
    return std::unexpected(errno_error("pthread_create", "background", error));
  }
  static_cast<void>(handle.release());  // the thread's now
  job_ = std::move(job);
  ended_ = std::move(ended);
  done_ = std::move(done);
  poll_ = loop_.poll(ended_.borrow(), POLLIN, io::Lane::control, *this);
  return {};
}

void Background::on_poll(io::OpId, unsigned, int) noexcept {
  poll_ = {};
  ended_.reset();
  job_.reset();
  std::exchange(done_, nullptr)();
}

bool Background::finish(Duration longest) {
  if (!busy()) return true;
  pollfd ended{ended_.get(), POLLIN, 0};
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(longest).count();
  bool over = ::poll(&ended, 1, static_cast<int>(ms)) == 1;
  loop_.release(std::exchange(poll_, {}), std::move(ended_));
  job_.reset();
  done_ = nullptr;
  return over;
}

}  // namespace supd::apply

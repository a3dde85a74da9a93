#include "daemon/apply/background.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "units/base/assert.hpp"

namespace supd::apply {

/// Held by both threads. The eventfd becomes readable when the work is done.
struct Background::Job {
  std::function<void()> work;
  sys::UniqueFd ended;

  static void* thread_main(void* handle);
};

namespace {

/// Parsers and name services want more than a writer does.
constexpr std::size_t stack_bytes = std::size_t{4} * 1024 * 1024;

/// Detached: an end that hangs, on a dead disk or name server, is left alone. Signals are the loop's business.
int start_thread(void* (*entry)(void*), void* argument) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread{};
  int error = pthread_create(&thread, &attributes, entry, argument);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace

void* Background::Job::thread_main(void* handle) {
  std::unique_ptr<std::shared_ptr<Job>> job(static_cast<std::shared_ptr<Job>*>(handle));
  (*job)->work();
  (*job)->work = nullptr;
  std::uint64_t one = 1;
  // Room for a one there always is.
  static_cast<void>(!::write((*job)->ended.get(), &one, sizeof one));
  return nullptr;
}

Background::~Background() { loop_.release(poll_, std::move(ended_)); }

Result<void> Background::start(std::function<void()> work, std::function<void()> done) {
  SUPD_ASSERT(!busy());
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  job->ended.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  sys::UniqueFd ended(job->ended.valid() ? ::fcntl(job->ended.get(), F_DUPFD_CLOEXEC, 0) : -1);
  if (!ended.valid()) return failed("eventfd");
  auto handle = std::make_unique<std::shared_ptr<Job>>(job);
  if (int error = start_thread(&Job::thread_main, handle.get()); error != 0) {
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

#include "daemon/io/epoll_writer.hpp"

#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <mutex>

namespace supd::io::epoll {

struct Writer::Shared {
  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable idle;
  std::vector<WriteJob> waiting;
  std::vector<WriteJob> done;
  sys::UniqueFd signal;
  bool busy = false;
  bool stop = false;

  void serve();
  void report(std::vector<WriteJob>& jobs);
  static void* thread_main(void* handle);
};

namespace {

constexpr auto patience = std::chrono::seconds(1);

std::size_t stack_bytes() { return std::max<std::size_t>(std::size_t{64} * 1024, PTHREAD_STACK_MIN); }

/// Signals are the loop's thread's business.
int start_thread(void* (*entry)(void*), void* argument) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes());
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread{};
  const int error = pthread_create(&thread, &attributes, entry, argument);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace

void run(WriteJob& job) {
  while (job.written < job.bytes.size()) {
    const ssize_t count = ::write(job.fd, job.bytes.data() + job.written, job.bytes.size() - job.written);
    if (count > 0) {
      job.written += static_cast<std::size_t>(count);
    } else if (count == 0 || errno != EINTR) {
      job.error = count == 0 ? EIO : errno;
      return;
    }
  }
}

Result<std::unique_ptr<Writer>> Writer::open() {
  std::unique_ptr<Writer> writer(new Writer);
  auto shared = std::make_shared<Shared>();
  shared->signal.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!shared->signal.valid()) return failed("eventfd");
  auto handle = std::make_unique<std::shared_ptr<Shared>>(shared);
  const int error = start_thread(&Shared::thread_main, handle.get());
  if (error != 0) return std::unexpected(errno_error("pthread_create", "writer", error));
  static_cast<void>(handle.release());  // the thread's now
  writer->shared_ = std::move(shared);
  return writer;
}

Writer::~Writer() {
  if (!shared_) return;
  std::unique_lock lock(shared_->mutex);
  shared_->idle.wait_for(lock, patience, [&] { return !shared_->busy && shared_->waiting.empty(); });
  shared_->waiting.clear();
  shared_->stop = true;
  shared_->work.notify_one();
}

sys::BorrowedFd Writer::signal() const { return shared_->signal.borrow(); }

void Writer::submit(std::vector<WriteJob>& jobs) {
  const std::scoped_lock lock(shared_->mutex);
  for (WriteJob& job : jobs) shared_->waiting.push_back(std::move(job));
  jobs.clear();
  shared_->work.notify_one();
}

void Writer::take_done(std::vector<WriteJob>& done) {
  std::uint64_t count = 0;
  static_cast<void>(::read(shared_->signal.get(), &count, sizeof count));
  const std::scoped_lock lock(shared_->mutex);
  std::swap(done, shared_->done);
}

void* Writer::Shared::thread_main(void* handle) {
  const std::unique_ptr<std::shared_ptr<Shared>> own(static_cast<std::shared_ptr<Shared>*>(handle));
  (*own)->serve();
  return nullptr;
}

void Writer::Shared::serve() {
  std::vector<WriteJob> jobs;
  std::unique_lock lock(mutex);
  while (!stop) {
    if (waiting.empty()) {
      idle.notify_all();
      work.wait(lock);
      continue;
    }
    // One at a time: a job of a healthy disk that is done is reported even when the next one hangs.
    jobs.push_back(std::move(waiting.front()));
    waiting.erase(waiting.begin());
    busy = true;
    lock.unlock();
    run(jobs.front());
    lock.lock();
    busy = false;
    report(jobs);
  }
}

void Writer::Shared::report(std::vector<WriteJob>& jobs) {
  const bool first = done.empty();
  done.push_back(std::move(jobs.front()));
  jobs.clear();
  const std::uint64_t one = 1;
  if (first) static_cast<void>(::write(signal.get(), &one, sizeof one));
}

}  // namespace supd::io::epoll

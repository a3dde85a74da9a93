#include "daemon/io/worker_pool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "daemon/io/clock.hpp"
#include "daemon/sys/thread.hpp"

namespace supd::io {
namespace {

/// A path on the stack, and what the C library wants to list a directory.
constexpr std::size_t stack_bytes = std::size_t{128} * 1024;

}  // namespace

struct WorkerPool::Shared : std::enable_shared_from_this<WorkerPool::Shared> {
  /// What a thread is at.
  struct Busy {
    std::uint64_t place;
    Instant since;
  };
  mutable std::mutex mutex;
  std::condition_variable work;
  std::deque<PoolTask> waiting;
  std::vector<PoolTask> done;
  std::vector<Busy> busy;  ///< one per thread that is at work
  /// Not an eventfd: where a ring tells of its completions through an eventfd of its own, a completed poll of another
  /// eventfd is told only the first time (seen on Linux 6.18).
  sys::UniqueFd signal, signal_end;
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool stop = false;

  // All with the mutex held.
  [[nodiscard]] bool may_begin(const PoolTask& task) const;
  [[nodiscard]] std::deque<PoolTask>::iterator next_task();
  [[nodiscard]] bool all_hang(Instant now) const;
  [[nodiscard]] bool add_thread();
  void serve(std::unique_lock<std::mutex>& lock);
  void do_one(std::unique_lock<std::mutex>& lock, PoolTask task);
  void report(PoolTask task);

  static void* thread_main(void* handle);
};

Result<std::unique_ptr<WorkerPool>> WorkerPool::open() {
  std::unique_ptr<WorkerPool> pool(new WorkerPool);
  auto shared = std::make_shared<Shared>();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return failed("pipe2");
  shared->signal.reset(ends[0]);
  shared->signal_end.reset(ends[1]);
  pool->shared_ = std::move(shared);
  return pool;
}

WorkerPool::~WorkerPool() {
  if (!shared_) return;
  const std::scoped_lock lock(shared_->mutex);
  shared_->stop = true;
  static auto* const kept = new std::vector<std::unique_ptr<Job>>;
  for (PoolTask& task : shared_->waiting) kept->push_back(std::move(task.job));
  shared_->waiting.clear();
  shared_->work.notify_all();
}

sys::BorrowedFd WorkerPool::signal() const { return shared_->signal.borrow(); }

std::size_t WorkerPool::threads() const {
  const std::scoped_lock lock(shared_->mutex);
  return shared_->threads;
}

bool WorkerPool::submit(std::vector<PoolTask>& tasks, Instant now) {
  const std::scoped_lock lock(shared_->mutex);
  // Not to wait for the time to begin where it is known already that nobody will.
  const bool wants_thread = shared_->threads == 0 || (shared_->idle == 0 && shared_->all_hang(now));
  if (wants_thread && shared_->add_thread()) last_start_ = now;
  if (shared_->threads == 0) return false;
  for (PoolTask& task : tasks) {
    task.since = now;
    task.place = task.job->place();
    shared_->waiting.push_back(std::move(task));
  }
  tasks.clear();
  if (shared_->idle > 0) shared_->work.notify_one();
  return true;
}

void WorkerPool::take_done(std::vector<PoolTask>& done) {
  std::array<char, 64> told{};
  static_cast<void>(!::read(shared_->signal.get(), told.data(), told.size()));
  const std::scoped_lock lock(shared_->mutex);
  std::swap(done, shared_->done);
}

Instant WorkerPool::look(Instant now) {
  const std::scoped_lock lock(shared_->mutex);
  const auto next = shared_->next_task();
  if (next == shared_->waiting.end()) return Instant::never();
  Instant due = std::max(next->since, last_start_) + begin_time;
  if (due > now) return due;
  if (shared_->idle > 0) {
    shared_->work.notify_one();
  } else if (!shared_->add_thread()) {
    return Instant::never();  // what is running will get to it
  }
  last_start_ = now;
  return now + begin_time;
}

bool WorkerPool::Shared::may_begin(const PoolTask& task) const {
  if (task.place == 0) return true;
  const auto there = std::count_if(busy.begin(), busy.end(), [&](const Busy& at) { return at.place == task.place; });
  return static_cast<std::size_t>(there) < threads_per_place_max;
}

std::deque<PoolTask>::iterator WorkerPool::Shared::next_task() {
  return std::find_if(waiting.begin(), waiting.end(), [&](const PoolTask& task) { return may_begin(task); });
}

bool WorkerPool::Shared::all_hang(Instant now) const {
  return std::all_of(busy.begin(), busy.end(), [&](const Busy& at) { return at.since + begin_time <= now; });
}

bool WorkerPool::Shared::add_thread() {
  if (threads >= threads_max) return false;
  auto handle = std::make_unique<std::shared_ptr<Shared>>(shared_from_this());
  if (sys::start_detached_thread(&thread_main, handle.get(), stack_bytes) != 0) return false;
  static_cast<void>(handle.release());  // the thread's now
  ++threads;
  return true;
}

void* WorkerPool::Shared::thread_main(void* handle) {
  const std::unique_ptr<std::shared_ptr<Shared>> own(static_cast<std::shared_ptr<Shared>*>(handle));
  std::unique_lock lock((*own)->mutex);
  (*own)->serve(lock);
  --(*own)->threads;
  lock.unlock();
  return nullptr;
}

void WorkerPool::Shared::serve(std::unique_lock<std::mutex>& lock) {
  while (!stop) {
    const auto next = next_task();
    if (next != waiting.end()) {
      PoolTask task = std::move(*next);
      waiting.erase(next);
      do_one(lock, std::move(task));
      continue;
    }
    ++idle;
    const bool bored = work.wait_for(lock, idle_time) == std::cv_status::timeout;
    --idle;
    if (bored && next_task() == waiting.end()) return;
  }
}

void WorkerPool::Shared::do_one(std::unique_lock<std::mutex>& lock, PoolTask task) {
  const Instant since = monotonic_now();
  busy.push_back({task.place, since});
  lock.unlock();
  task.job->run();
  if (!task.id) task.job.reset();
  lock.lock();
  busy.erase(std::find_if(busy.begin(), busy.end(),
                          [&](const Busy& at) { return at.place == task.place && at.since == since; }));
  if (task.job) report(std::move(task));
}

void WorkerPool::Shared::report(PoolTask task) {
  const bool first = done.empty();
  done.push_back(std::move(task));
  if (first) static_cast<void>(!::write(signal_end.get(), "", 1));
}

}  // namespace supd::io

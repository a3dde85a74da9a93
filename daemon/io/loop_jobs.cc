/// The loop's side of the worker pool.

#include <cerrno>
#include <utility>

#include "daemon/io/clock.hpp"
#include "daemon/io/loop_base.hpp"
#include "units/base/assert.hpp"

namespace supd::io {
namespace {

/// The end of an fd that a file was written through: a file system may flush then, and hang.
struct CloseJob final : Job {
  explicit CloseJob(int number) : fd(number) {}
  void run() noexcept override { fd.reset(); }
  sys::UniqueFd fd;
};

/// Whom nobody waits for: it has run, and only its destructor is left.
struct DropJob final : Job {
  explicit DropJob(std::unique_ptr<Job> its) : job(std::move(its)) {}
  void run() noexcept override { job.reset(); }
  [[nodiscard]] std::uint64_t place() const noexcept override { return job->place(); }
  std::unique_ptr<Job> job;
};

}  // namespace

/// Hands over what gathered. When the pool is to be looked at again, if nothing happens until then.
Instant LoopBase::submit_jobs() {
  if (to_pool_.empty() && pool_ == nullptr) return Instant::never();
  const Instant now = monotonic_now();
  if (!to_pool_.empty() && !(open_pool() && pool_->submit(to_pool_, now))) run_here();
  return pool_ != nullptr ? pool_->look(now) : Instant::never();
}

bool LoopBase::open_pool() {
  if (pool_ != nullptr) return true;
  auto pool = WorkerPool::open();
  if (!pool || !watch_jobs((*pool)->signal())) return false;
  pool_ = std::move(*pool);
  return true;
}

/// No thread to be had (the process limit is reached): better slow than not at all.
void LoopBase::run_here() {
  for (PoolTask& task : to_pool_) {
    task.job->run();
    ++stats_.blocking_jobs;
    if (task.id) from_pool_.push_back(std::move(task));
  }
  to_pool_.clear();
  jobs_done();
}

void LoopBase::collect_jobs() {
  pool_->take_done(from_pool_);
  jobs_done();
}

void LoopBase::jobs_done() {
  for (PoolTask& task : from_pool_) {
    Op* op = slab_.find(task.id);
    SUPD_ASSERT(op != nullptr);
    if (auto* part = op->get<JobPart>(); part != nullptr) {
      part->job = std::move(task.job);
      post({op->id, 0, 0, true});
    } else {
      take_back_write(*op, static_cast<WriteJob&>(*task.job));
    }
  }
  from_pool_.clear();
}

void LoopBase::hand_over_write(Op& op, std::uint64_t place) {
  auto& write = op.as<WritePart>();
  write.in_pool = true;
  hand_over(op.id, std::make_unique<WriteJob>(op.fd, std::move(write.bytes), write.written, place));
}

void LoopBase::take_back_write(Op& op, WriteJob& job) {
  auto& write = op.as<WritePart>();
  op.stage = Stage::idle;
  write.in_pool = false;
  write.bytes = std::move(job.bytes);
  write.written = job.written;
  if (job.error == EAGAIN && !op.cancel_asked) {
    would_block(op);
  } else {
    post_error(op, job.error == EAGAIN ? ECANCELED : job.error);
  }
}

void LoopBase::drop(std::unique_ptr<Job> job) {
  if (winding_down_ || no_threads()) return;
  hand_over({}, std::make_unique<DropJob>(std::move(job)));
}

void LoopBase::close_slowly(int fd) {
  if (winding_down_ || no_threads()) return close_fd(fd);
  hand_over({}, std::make_unique<CloseJob>(fd));
}

}  // namespace supd::io

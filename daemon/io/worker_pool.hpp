#pragma once

/// Threads for what may block: jobs, and writes to regular files. The first thread comes with the
/// first task, one is enough while disks answer, and each ends when there was nothing to do for a while. A task that
/// nobody has begun in time, because threads hang, gets another thread, up to a bound; and what hangs in one place
/// takes only some of them, so that one dead disk does not hold up the others.

#include <cstddef>
#include <memory>
#include <vector>

#include "daemon/io/loop.hpp"

namespace supd::io {

/// A job and the op that it belongs to; no op: nobody wants it back, and it is destroyed on its thread.
struct PoolTask {
  OpId id;
  std::unique_ptr<Job> job;
  std::uint64_t place = 0;  ///< the pool's
  Instant since{};          ///< the pool's
};

class WorkerPool {
 public:
  static constexpr std::size_t threads_max = 16;
  static constexpr std::size_t threads_per_place_max = 4;
  static constexpr Duration begin_time = 20ms;  ///< a task that waits for longer gets another thread
  static constexpr Duration idle_time = 5s;     ///< after which a thread ends

  static Result<std::unique_ptr<WorkerPool>> open();
  /// Waits for nobody: a thread that hangs is left behind and ends by itself. Tasks that have not begun never will;
  /// they are not even destroyed, as that might block.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Readable when something is done.
  [[nodiscard]] sys::BorrowedFd signal() const;
  /// Takes all tasks, waking one thread: `tasks` comes back empty. The queue is bounded by whoever submits: one task
  /// per op. False, and nothing taken: there is no thread and none can be made.
  [[nodiscard]] bool submit(std::vector<PoolTask>& tasks, Instant now);
  void take_done(std::vector<PoolTask>& done);
  /// Gives tasks that have waited for too long another thread. When to look again; never: nothing waits, or nothing
  /// can be done about it.
  Instant look(Instant now);

  [[nodiscard]] std::size_t threads() const;

 private:
  struct Shared;
  WorkerPool() = default;
  std::shared_ptr<Shared> shared_;  ///< with the threads, which may outlive us
  Instant last_start_{};
};

}  // namespace supd::io

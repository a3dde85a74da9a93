#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "daemon/io/clock.hpp"
#include "daemon/io/worker_pool.hpp"
#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

/// Writes down what became of it.
struct NotedJob final : Job {
  struct Notes {
    std::atomic<int> runs = 0, destroyed = 0;
    std::atomic<bool> elsewhere = false, signals_blocked = false;
  };
  explicit NotedJob(Notes& to) : notes(&to) {}
  ~NotedJob() override { ++notes->destroyed; }
  NotedJob(const NotedJob&) = delete;
  NotedJob& operator=(const NotedJob&) = delete;
  void run() noexcept override {
    ++notes->runs;
    notes->elsewhere = std::this_thread::get_id() != maker;
    sigset_t blocked;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    notes->signals_blocked = sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGCHLD) == 1;
  }
  Notes* notes;
  std::thread::id maker = std::this_thread::get_id();
};

/// What hangs until it is opened: a disk that does not answer.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    --inside_;
    changed_.notify_all();
  }
  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  [[nodiscard]] int inside() {
    const std::scoped_lock lock(mutex_);
    return inside_;
  }
  void until_left() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int inside_ = 0;
};

struct HangingJob final : Job {
  explicit HangingJob(std::shared_ptr<Gate> at, std::uint64_t where = 0) : gate(std::move(at)), place_id(where) {}
  void run() noexcept override { gate->wait(); }
  [[nodiscard]] std::uint64_t place() const noexcept override { return place_id; }
  std::shared_ptr<Gate> gate;
  std::uint64_t place_id;
};

struct JobRecorder final : JobSink {
  void on_job(OpId id, std::unique_ptr<Job> back) noexcept override {
    ++terminals;
    last_id = id;
    job = std::move(back);
  }
  [[nodiscard]] bool done() const { return terminals > 0; }
  int terminals = 0;
  OpId last_id;
  std::unique_ptr<Job> job;
};

class JobContract : public LoopContract {
 protected:
  NotedJob::Notes notes;
};

TEST_P(JobContract, a_job_runs_once_elsewhere_and_comes_back) {
  JobRecorder sink;
  auto job = std::make_unique<NotedJob>(notes);
  const Job* address = job.get();
  const OpId id = loop().run_job(std::move(job), sink);
  EXPECT_EQ(sink.terminals, 0);
  ASSERT_TRUE(until([&] { return sink.done(); }));
  EXPECT_EQ(sink.last_id, id);
  EXPECT_EQ(sink.job.get(), address);
  EXPECT_EQ(notes.runs, 1);
  EXPECT_EQ(notes.destroyed, 0);
  if (real()) {
    EXPECT_TRUE(notes.elsewhere);
    EXPECT_TRUE(notes.signals_blocked);
  }
  settle();
  EXPECT_EQ(sink.terminals, 1);
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
  EXPECT_EQ(loop().stats().blocking_jobs, 0U);
}

TEST_P(JobContract, many_jobs_each_end_once) {
  constexpr std::size_t count = 200;
  std::array<JobRecorder, count> sinks;
  for (JobRecorder& sink : sinks) loop().run_job(std::make_unique<NotedJob>(notes), sink);
  ASSERT_TRUE(until([&] { return loop().stats().ops_in_flight == 0; }));
  EXPECT_EQ(notes.runs, static_cast<int>(count));
  for (const JobRecorder& sink : sinks) EXPECT_EQ(sink.terminals, 1);
}

TEST_P(JobContract, a_released_job_runs_to_its_end_and_is_destroyed_without_a_callback) {
  JobRecorder sink;
  loop().release(loop().run_job(std::make_unique<NotedJob>(notes), sink));
  ASSERT_TRUE(until([&] {
    if (notes.destroyed == 0) settle(std::chrono::milliseconds(1));
    return notes.destroyed == 1;
  }));
  EXPECT_EQ(notes.runs, 1);
  EXPECT_EQ(sink.terminals, 0);
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
}

TEST_P(JobContract, cancel_changes_nothing) {
  JobRecorder sink;
  const OpId id = loop().run_job(std::make_unique<NotedJob>(notes), sink);
  loop().cancel(id);
  ASSERT_TRUE(until([&] { return sink.done(); }));
  loop().cancel(id);
  settle();
  EXPECT_EQ(notes.runs, 1);
  EXPECT_EQ(sink.terminals, 1);
}

TEST_P(JobContract, a_job_may_ask_for_the_next_one_from_its_callback) {
  struct Chain final : JobSink {
    Chain(Loop& in, NotedJob::Notes& to) : loop(in), notes(to) {}
    void on_job(OpId, std::unique_ptr<Job>) noexcept override {
      if (++ended < 10) loop.run_job(std::make_unique<NotedJob>(notes), *this);
    }
    Loop& loop;
    NotedJob::Notes& notes;
    int ended = 0;
  } chain(loop(), notes);
  loop().run_job(std::make_unique<NotedJob>(notes), chain);
  ASSERT_TRUE(until([&] { return chain.ended == 10; }));
  EXPECT_EQ(notes.runs, 10);
}

TEST_P(JobContract, jobs_do_not_hold_up_what_else_happens) {
  JobRecorder sink;
  const sys::UniqueFd file = world().file();
  Recorder write, timer;
  loop().run_job(std::make_unique<NotedJob>(notes), sink);
  loop().write_file(file.borrow(), "text", write);
  loop().timer_at(world().clock() + 1ms, timer);
  ASSERT_TRUE(until([&] { return sink.done() && write.done() && timer.done(); }));
  EXPECT_EQ(world().contents(file), "text");
}

class HangingJobs : public JobContract {
 protected:
  void SetUp() override {
    JobContract::SetUp();
    if (!IsSkipped() && !real()) GTEST_SKIP() << "needs threads";
  }
  /// The loop goes by then, and with it the sinks' owner.
  void TearDown() override {
    gate->open();
    if (!IsSkipped()) destroy_world();
    gate->until_left();
  }
  void hang(std::size_t count, std::uint64_t place) {
    for (std::size_t i = 0; i < count; ++i) loop().run_job(std::make_unique<HangingJob>(gate, place), hung);
  }

  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  JobRecorder hung;
};

TEST_P(HangingJobs, P6_a_job_that_hangs_holds_up_neither_the_loop_nor_other_jobs_nor_writes) {
  hang(1, 1);
  ASSERT_TRUE(until([&] {
    settle(std::chrono::milliseconds(1));
    return gate->inside() == 1;
  }));
  const sys::UniqueFd file = world().file();
  for (int round = 0; round < 3; ++round) {
    JobRecorder sink;
    Recorder write;
    const Instant before = monotonic_now();
    loop().run_job(std::make_unique<NotedJob>(notes), sink);
    loop().write_file(file.borrow(), "x", write);
    ASSERT_TRUE(until([&] { return sink.done() && write.done(); }));
    EXPECT_LT(monotonic_now() - before, Duration{5s});
  }
  EXPECT_EQ(hung.terminals, 0);
  gate->open();
  ASSERT_TRUE(until([&] { return hung.done(); }));
}

TEST_P(HangingJobs, P6_one_place_that_hangs_does_not_take_all_threads) {
  hang(3 * WorkerPool::threads_max, 1);
  settle(std::chrono::milliseconds(200));
  EXPECT_EQ(gate->inside(), static_cast<int>(WorkerPool::threads_per_place_max));
  JobRecorder sink;
  loop().run_job(std::make_unique<NotedJob>(notes), sink);
  ASSERT_TRUE(until([&] { return sink.done(); }));
  gate->open();
  ASSERT_TRUE(until([&] { return hung.terminals == static_cast<int>(3 * WorkerPool::threads_max); }));
}

TEST_P(HangingJobs, P8_there_is_a_bound_on_threads_and_what_waits_begins_when_one_is_free) {
  for (std::uint64_t place = 1; place <= 2 * WorkerPool::threads_max; ++place) hang(1, place);
  ASSERT_TRUE(until([&] {
    settle(std::chrono::milliseconds(5));
    return gate->inside() == static_cast<int>(WorkerPool::threads_max);
  }));
  JobRecorder sink;
  loop().run_job(std::make_unique<NotedJob>(notes), sink);
  settle(std::chrono::milliseconds(100));
  EXPECT_EQ(gate->inside(), static_cast<int>(WorkerPool::threads_max));
  EXPECT_EQ(sink.terminals, 0);
  gate->open();
  ASSERT_TRUE(until([&] { return sink.done() && hung.terminals == static_cast<int>(2 * WorkerPool::threads_max); }));
}

TEST_P(HangingJobs, P6_the_end_of_the_loop_waits_for_a_job_that_hangs_only_so_long) {
  hang(2, 1);
  settle(std::chrono::milliseconds(50));
  const Instant before = monotonic_now();
  destroy_world();
  EXPECT_LT(monotonic_now() - before, Duration{5s});
  EXPECT_EQ(hung.terminals, 0);
}

TEST(WorkerPool, threads_that_have_nothing_to_do_end) {
  auto pool = WorkerPool::open();
  ASSERT_TRUE(pool);
  EXPECT_EQ((*pool)->threads(), 0U);
  NotedJob::Notes notes;
  std::vector<PoolTask> tasks;
  for (std::uint32_t i = 1; i <= 10; ++i) tasks.push_back({{i, 1}, std::make_unique<NotedJob>(notes)});
  ASSERT_TRUE((*pool)->submit(tasks, monotonic_now()));
  EXPECT_TRUE(tasks.empty());
  EXPECT_EQ((*pool)->threads(), 1U) << "one is enough";
  const Instant end = monotonic_now() + WorkerPool::idle_time + 20s;
  while ((*pool)->threads() > 0 && monotonic_now() < end) sleep_for(50ms);
  EXPECT_EQ((*pool)->threads(), 0U);
  std::vector<PoolTask> done;
  (*pool)->take_done(done);
  EXPECT_EQ(done.size(), 10U);
}

SUPD_IN_ALL_WORLDS(JobContract);
SUPD_IN_ALL_WORLDS(HangingJobs);

}  // namespace
}  // namespace supd::io::test

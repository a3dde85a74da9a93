/// How an engine is chosen, and that without io_uring nothing but speed is lost (C5).

#include "daemon/io/engine.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "daemon/io/clock.hpp"
#include "daemon/io/kernel/ring.hpp"
#include "daemon/io/uring_probe.hpp"
#include "tests/io/recorder.hpp"
#include "tests/io/refuse.hpp"

namespace supd::io::test {
namespace {

/// A pipe read to its end through a loop: that it works at all.
bool reads_a_pipe(Loop& loop) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return false;
  const sys::UniqueFd reader(ends[0]);
  sys::UniqueFd writer(ends[1]);
  Recorder stream;
  loop.read_stream(reader.borrow(), Lane::stream, stream);
  if (::write(writer.get(), "abc", 3) != 3) return false;
  writer.reset();
  const Instant until = monotonic_now() + 10s;
  while (!stream.done() && monotonic_now() < until) loop.turn(until);
  return stream.bytes == "abc" && stream.end == StreamEnd::eof;
}

/// Runs in a forked child: filters can't be taken off again.
int in_child(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

enum Verdict : int { good = 0, no_filter, no_loop, not_epoll, wrong_reason, does_not_read, forced_works };

int falls_back(const Refusal& refusal) {
  if (!refuse(refusal)) return no_filter;
  auto chosen = make_loop(Engine::automatic);
  if (!chosen) return no_loop;
  if (chosen->loop->engine_name() != "epoll") return not_epoll;
  const bool names_step = chosen->reason.find(refusal.step) != std::string::npos;
  const bool names_cause = chosen->reason.find("seccomp") != std::string::npos;
  if (!names_step || !names_cause) {
    std::fprintf(stderr, "reason was: %s\n", chosen->reason.c_str());
    return wrong_reason;
  }
  if (!reads_a_pipe(*chosen->loop)) return does_not_read;
  const auto forced = make_loop(Engine::uring);
  if (forced || forced.error().text().find(refusal.step) == std::string::npos) return forced_works;
  return good;
}

TEST(Engine, C5_P11_every_way_of_refusing_io_uring_leads_to_a_working_epoll_loop) {
  for (const int error : {EPERM, ENOSYS, EOPNOTSUPP, EACCES, EINVAL, ENOMEM}) {
    const Refusal refusal{.call = io_uring_setup_call, .error = error, .step = "io_uring_setup"};
    EXPECT_EQ(in_child([&] { return falls_back(refusal); }), good) << "errno " << error;
  }
}

/// A kernel that passes the probe and then does something wrong is as good as simulated: its results are changed.
TEST(Engine, a_kernel_that_breaks_a_promise_is_left_alone_unless_asked_for) {
  if (!open_probed()) GTEST_SKIP() << "needs io_uring to begin with: " << open_probed().error().text();
  kernel::distort_completions([](kernel::Cqe& cqe) {
    cqe.res += cqe.res < 0 ? -1 : 2;
    return true;
  });
  auto chosen = make_loop(Engine::automatic);
  auto forced = make_loop(Engine::uring);
  kernel::distort_completions(nullptr);
  ASSERT_TRUE(chosen && forced);
  EXPECT_EQ(chosen->loop->engine_name(), "epoll");
  EXPECT_NE(chosen->reason.find("epoll, as this kernel fails waitid-exit: "), std::string::npos) << chosen->reason;
  EXPECT_TRUE(reads_a_pipe(*chosen->loop));
  EXPECT_NE(forced->loop->engine_name(), "epoll");
  EXPECT_NE(forced->reason.find("as configured, although this kernel fails"), std::string::npos) << forced->reason;
}

TEST(Engine, C5_io_uring_enter_alone_is_refused) {
  if (!open_probed()) GTEST_SKIP() << "needs io_uring to begin with: " << open_probed().error().text();
  for (const int error : {EPERM, ENOSYS}) {
    const Refusal refusal{.call = io_uring_enter_call, .error = error, .step = "io_uring_enter"};
    EXPECT_EQ(in_child([&] { return falls_back(refusal); }), good) << "errno " << error;
  }
}

TEST(Engine, C5_io_uring_register_alone_is_refused) {
  if (!open_probed()) GTEST_SKIP() << "needs io_uring to begin with: " << open_probed().error().text();
  for (const int error : {EPERM, ENOSYS, EINVAL}) {
    const Refusal refusal{.call = io_uring_register_call, .error = error, .step = "io_uring_register"};
    EXPECT_EQ(in_child([&] { return falls_back(refusal); }), good) << "errno " << error;
  }
}

TEST(Engine, C4_without_lockable_memory_there_is_a_loop) {
  EXPECT_EQ(in_child([] {
              const rlimit none{.rlim_cur = 0, .rlim_max = 0};
              if (::setrlimit(RLIMIT_MEMLOCK, &none) != 0) return no_filter;
              if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return no_filter;
              auto chosen = make_loop(Engine::automatic);
              if (!chosen) return no_loop;
              return reads_a_pipe(*chosen->loop) ? good : does_not_read;
            }),
            good);
}

TEST(Engine, C4_without_free_fds_there_is_an_error_and_no_crash) {
  EXPECT_EQ(in_child([] {
              const rlimit none{.rlim_cur = 3, .rlim_max = 3};
              if (::setrlimit(RLIMIT_NOFILE, &none) != 0) return no_filter;
              const auto chosen = make_loop(Engine::automatic);
              return !chosen && chosen.error().code == EMFILE ? good : wrong_reason;
            }),
            good);
}

TEST(Engine, C4_a_tiny_ring_really_overflows_and_runs_out_of_buffers_and_loses_nothing) {
  auto loop = open_probed({.sq_entries = 4, .cq_entries = 4, .buffer_count = 2, .buffer_bytes = 512});
  if (!loop) GTEST_SKIP() << "needs io_uring: " << loop.error().text();
  constexpr std::size_t count = 100;
  std::vector<std::unique_ptr<Recorder>> sinks;
  std::vector<sys::UniqueFd> readers;
  for (std::size_t i = 0; i < count; ++i) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    readers.emplace_back(ends[0]);
    const sys::UniqueFd writer(ends[1]);
    ASSERT_EQ(::write(writer.get(), "hello", 5), 5);
    sinks.push_back(std::make_unique<Recorder>());
    (*loop)->read_stream(readers.back().borrow(), Lane::stream, *sinks.back());
  }
  const Instant until = monotonic_now() + 20s;
  while ((*loop)->stats().ops_in_flight > 0 && monotonic_now() < until) (*loop)->turn(until);
  for (const auto& sink : sinks) {
    EXPECT_EQ(sink->bytes, "hello");
    EXPECT_EQ(sink->end, StreamEnd::eof);
  }
  EXPECT_GT((*loop)->stats().starved, 0U);
  EXPECT_GT((*loop)->stats().overflows, 0U);
}

TEST(Engine, epoll_does_without_epoll_pwait2) {
  EXPECT_EQ(in_child([] {
              if (!refuse({.call = epoll_pwait2_call, .error = ENOSYS, .step = ""})) return no_filter;
              auto chosen = make_loop(Engine::epoll);
              if (!chosen) return no_loop;
              return reads_a_pipe(*chosen->loop) ? good : does_not_read;
            }),
            good);
}

int runs_a_job_without_threads(Engine engine) {
  struct Mark final : Job {
    void run() noexcept override { ran = true; }
    bool ran = false;
  };
  struct Sink final : JobSink {
    void on_job(OpId, std::unique_ptr<Job> job) noexcept override { ran = static_cast<Mark&>(*job).ran; }
    bool ran = false;
  } sink;
  auto chosen = make_loop(engine);
  if (!chosen) return no_loop;
  if (!refuse({.call = clone3_call, .error = EAGAIN, .step = ""})) return no_filter;
  chosen->loop->run_job(std::make_unique<Mark>(), sink);
  if (sink.ran) return wrong_reason;  // from inside of the call
  const Instant until = monotonic_now() + 10s;
  while (!sink.ran && monotonic_now() < until) chosen->loop->turn(until);
  return sink.ran && chosen->loop->stats().blocking_jobs == 1 ? good : does_not_read;
}

TEST(Engine, C4_where_no_thread_can_be_made_jobs_run_all_the_same_and_are_counted) {
  EXPECT_EQ(in_child([] { return runs_a_job_without_threads(Engine::epoll); }), good);
  if (!open_probed()) GTEST_SKIP() << "the other half needs io_uring: " << open_probed().error().text();
  EXPECT_EQ(in_child([] { return runs_a_job_without_threads(Engine::uring); }), good);
}

TEST(Engine, the_engine_that_is_asked_for_is_made) {
  auto epoll = make_loop(Engine::epoll);
  ASSERT_TRUE(epoll);
  EXPECT_EQ(epoll->loop->engine_name(), "epoll");
  EXPECT_FALSE(epoll->reason.empty());
  auto automatic = make_loop(Engine::automatic);
  ASSERT_TRUE(automatic);
  EXPECT_FALSE(automatic->reason.empty());
  EXPECT_EQ(automatic->reason.find('\n'), std::string::npos);
  const auto uring = make_loop(Engine::uring);
  EXPECT_EQ(static_cast<bool>(uring), automatic->loop->engine_name() == "uring");
}

TEST(Engine, R3_the_probe_works_while_SIGCHLD_is_ignored_and_leaves_it_so) {
  if (!open_probed()) GTEST_SKIP() << "needs io_uring: " << open_probed().error().text();
  EXPECT_EQ(in_child([] {
              ::signal(SIGCHLD, SIG_IGN);
              const auto chosen = make_loop(Engine::uring);
              return chosen && ::signal(SIGCHLD, SIG_DFL) == SIG_IGN ? good : no_loop;
            }),
            good);
}

TEST(Engine, the_probe_leaves_no_child_no_fd_and_no_count_behind) {
  const int before = ::dup(0);
  ::close(before);
  {
    const auto chosen = make_loop(Engine::automatic);
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->loop->stats().completions, 0U);
    EXPECT_EQ(chosen->loop->stats().ops_in_flight, 0U);
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  const int after = ::dup(0);
  ::close(after);
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace supd::io::test

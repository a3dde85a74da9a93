/// Starting and ending one process: the kernel's floor, and sys::spawn at many open fds.

#include <fcntl.h>
#include <sys/resource.h>

#include "daemon/sys/spawn.hpp"
#include "tests/bench/bare.hpp"
#include "tests/bench/births.hpp"
#include "tests/bench/context.hpp"

namespace supd::bench {
namespace {

constexpr std::size_t batch = 200;

/// Microseconds for one round of `once`, the median of several batches.
template <class Once>
double median_us(std::size_t batches, Once once) {
  std::vector<double> us;
  for (std::size_t i = 0; i < batches; ++i) {
    std::uint64_t start = now_ns();
    for (std::size_t j = 0; j < batch; ++j) once();
    us.push_back(static_cast<double>(now_ns() - start) / 1000.0 / static_cast<double>(batch));
  }
  return median(us);
}

double bare_us(std::size_t batches) {
  Words words({child_program(), "exit"});
  return median_us(batches, [&] { bare_reap(bare_spawn(words.argv())); });
}

double spawn_us(std::size_t batches) {
  Words words({child_program(), "exit"});
  const char* const environment[] = {nullptr};
  sys::SpawnRequest request;
  request.argv = const_cast<const char* const*>(words.argv());
  request.envp = environment;
  return median_us(batches, [&] {
    auto spawned = sys::spawn(request);
    if (!spawned) throw std::runtime_error(spawned.error().text());
    bare_reap({spawned->pid, std::move(spawned->pidfd)});
  });
}

/// Opens /dev/null until `count` fds are open, as far as the limit allows.
std::vector<sys::UniqueFd> open_many(std::size_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::vector<sys::UniqueFd> fds;
  while (fds.size() < count) {
    fds.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!fds.back().valid()) throw std::runtime_error("RLIMIT_NOFILE is too low for " + std::to_string(count) + " fds");
  }
  return fds;
}

}  // namespace

void measure_floor(const Context& context) {
  context.report.add({"floor", "bare clone, exec and reap of a tiny program", "", "us", bare_us(context.scaled(20))});
}

void measure_spawn(const Context& context) {
  double floor = bare_us(context.scaled(10));
  for (std::size_t fds : {10, 1000, 10'000}) {
    std::vector<sys::UniqueFd> open = open_many(fds);
    std::string with = " with " + std::to_string(fds) + " open fds";
    context.report.add({"spawn", "bare" + with, "", "us", bare_us(context.scaled(10)), floor});
    context.report.add({"spawn", "sys::spawn" + with, "", "us", spawn_us(context.scaled(10)), floor});
  }
}

}  // namespace supd::bench

/// Restarting: how often per second, and how soon after a kill.

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <stdexcept>

#include "tests/bench/bare.hpp"
#include "tests/bench/context.hpp"
#include "tests/bench/subject.hpp"

namespace supd::bench {
namespace {

/// How often something happened, and what it cost.
struct Rate {
  double per_second = 0, cpu_us_each = 0;
};

Rate bare_rate(double seconds) {
  Words words({child_program(), "exit"});
  std::uint64_t start = now_ns(), count = 0;
  Duration cpu = own_cpu();
  while (static_cast<double>(now_ns() - start) < seconds * 1e9) {
    bare_reap(bare_spawn(words.argv()));
    ++count;
  }
  double elapsed = static_cast<double>(now_ns() - start) / 1e9;
  auto used = std::chrono::duration<double, std::micro>(own_cpu() - cpu).count();
  return {static_cast<double>(count) / elapsed, used / static_cast<double>(count)};
}

Rate supd_rate(const std::string& engine, double seconds) {
  Subject supd(engine);
  supd.unit("loop", "command = ['" + child_program() + "', 'exit']\n" + always_restart() + no_logs());
  supd.launch();
  while (supd.status("loop").restarts < 100) ::usleep(1000);
  std::uint64_t before = supd.status("loop").restarts, start = now_ns();
  Duration cpu = supd.cpu();
  ::usleep(static_cast<useconds_t>(seconds * 1e6));
  auto used = std::chrono::duration<double, std::micro>(supd.cpu() - cpu).count();
  double elapsed = static_cast<double>(now_ns() - start) / 1e9;
  auto count = static_cast<double>(supd.status("loop").restarts - before);
  supd.stop();
  return {count / elapsed, used / count};
}

/// Kills a process that told us its birth. The pid can't be a stranger's: its parent has not reaped it.
void kill_born(std::uint64_t pid) {
  sys::UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
  if (::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0) != 0) throw std::runtime_error("kill");
}

/// Milliseconds from the kill of one unit after the other to the first instruction of its next process.
std::vector<double> supd_latencies(const std::string& engine, std::size_t units, std::size_t kills) {
  Subject supd(engine);
  supd.fleet(units, always_restart() + no_logs());
  supd.launch();
  std::vector<std::uint64_t> pids(units);
  for (const auto& birth : supd.births().take(units)) pids[birth.slot] = birth.pid;
  std::vector<double> ms;
  for (std::size_t i = 0; i < kills; ++i) {
    std::size_t slot = i * 7919 % units;
    std::uint64_t start = now_ns();
    kill_born(pids[slot]);
    Birth birth = supd.births().take(1).front();
    if (birth.slot != slot) throw std::runtime_error("another unit was restarted");
    pids[slot] = birth.pid;
    ms.push_back(static_cast<double>(birth.time_ns - start) / 1e6);
  }
  supd.stop();
  return ms;
}

std::vector<double> bare_latencies(std::size_t units, std::size_t kills) {
  integration::Scratch scratch;
  Births births(scratch.file("births"));
  Words words({child_program(), "birth", births.path(), "0"});
  std::vector<BareChild> children;
  for (std::size_t i = 0; i < units; ++i) children.push_back(bare_spawn(words.argv()));
  static_cast<void>(births.take(units));
  std::vector<double> ms;
  for (std::size_t i = 0; i < kills; ++i) {
    BareChild& child = children[i * 7919 % units];
    std::uint64_t start = now_ns();
    kill_born(static_cast<std::uint64_t>(child.pid));
    bare_reap(child);
    child = bare_spawn(words.argv());
    ms.push_back(static_cast<double>(births.take(1).front().time_ns - start) / 1e6);
  }
  for (const auto& child : children) {
    kill_born(static_cast<std::uint64_t>(child.pid));
    bare_reap(child);
  }
  return ms;
}

}  // namespace

void measure_restarts(const Context& context) {
  double seconds = context.quick ? 0.5 : 3;
  Rate floor = bare_rate(seconds);
  for (const auto& engine : context.engines) {
    Rate rate = supd_rate(engine, seconds);
    context.report.add(
        {"restarts", "of one unit that exits at once", engine, "per s", rate.per_second, floor.per_second});
    context.report.add({"restarts", "CPU for each", engine, "us", rate.cpu_us_each, floor.cpu_us_each});
  }
}

void measure_respawn(const Context& context) {
  std::size_t kills = context.scaled(1000);
  for (std::size_t units : context.fleets({100, 1000})) {
    std::vector<double> floor = bare_latencies(units, kills);
    std::string among = ", one of " + std::to_string(units);
    for (const auto& engine : context.engines) {
      std::vector<double> ms = supd_latencies(engine, units, kills);
      context.report.add({"respawn", "kill to new process, p50" + among, engine, "ms", median(ms), median(floor)});
      context.report.add(
          {"respawn", "kill to new process, p99" + among, engine, "ms", percentile(ms, 0.99), percentile(floor, 0.99)});
    }
  }
}

}  // namespace supd::bench

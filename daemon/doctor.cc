#include "daemon/doctor.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <string>

#include "daemon/log/hub.hpp"
#include "daemon/log/own_log.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/pidfd.hpp"

namespace supd {
namespace {

proto::Finding good(std::string topic, std::string text) { return {std::move(topic), true, std::move(text), ""}; }

/// Each unit with output takes about five fds: pidfd, two pipes, log file, cgroup.
constexpr rlim_t comfortable_fds = 4096;

proto::Finding kernel() {
  utsname name{};
  ::uname(&name);
  return good("kernel", std::string(name.sysname) + " " + name.release + " " + name.machine);
}

proto::Finding pidfds() {
  if (sys::pidfd_available()) return good("pidfd", "signals go through pidfds");
  return {"pidfd", false, "pidfd_open is not available: pids are pinned as unreaped zombies instead",
          "Linux 5.3 or newer, and a seccomp profile that allows pidfd_open"};
}

proto::Finding spawning() {
  if (sys::close_range_available()) return good("spawn", "cost does not depend on the number of open fds");
  return {"spawn", false, "close_range is not available: each spawn copies the whole fd table",
          "Linux 5.9 or newer, and a seccomp profile that allows close_range"};
}

proto::Finding proc() {
  if (::access("/proc/self/stat", R_OK) == 0) return good("proc", "/proc is readable");
  return {"proc", false, "no /proc: process trees can't be followed without cgroups", "mount proc on /proc"};
}

proto::Finding open_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  std::string text = "up to " + std::to_string(limit.rlim_cur) + " open files";
  if (limit.rlim_cur >= comfortable_fds) return good("limits", text);
  return {"limits", false, text + ": enough for about " + std::to_string(limit.rlim_cur / 5) + " units",
          "raise the hard limit of open files (ulimit -Hn)"};
}

proto::Finding counter(const std::string& topic, std::uint64_t value, const std::string& what,
                       const std::string& advice) {
  std::string text = std::to_string(value) + " " + what;
  if (value == 0) return good(topic, text);
  return {topic, false, text, advice};
}

/// A sink that all units share; nothing where none uses it.
void examine_datagrams(std::vector<proto::Finding>& findings, const log::DatagramSink* sink) {
  if (sink == nullptr) return;
  std::string topic(sink->name()), dropped = std::to_string(sink->dropped().records) + " records dropped";
  const std::string& to = sink->address().host;
  if (sink->failing()) {
    findings.push_back({topic, false, to + " takes no records, " + dropped, "see that somebody listens there"});
  } else {
    findings.push_back(counter(topic, sink->dropped().records, "records for " + to + " dropped",
                               "its receiver is or was too slow, or away"));
  }
}

}  // namespace

void examine_host(std::vector<proto::Finding>& findings) {
  findings.push_back(kernel());
  findings.push_back(pidfds());
  findings.push_back(spawning());
  findings.push_back(proc());
  findings.push_back(open_files());
}

void examine_supd(std::vector<proto::Finding>& findings, const Executor& executor, const io::Loop& loop) {
  io::LoopStats stats = loop.stats();
  findings.push_back(good("loop", std::to_string(stats.turns) + " turns, " + std::to_string(stats.completions) +
                                      " completions, " + std::to_string(stats.ops_in_flight) +
                                      " operations in flight"));
  findings.push_back(good("orphans", std::to_string(executor.orphans_reaped()) + " orphans reaped"));
  findings.push_back(
      counter("overflow", stats.overflows, "completion queue overflows", "nothing was lost; report it if it grows"));
  findings.push_back(counter("own log", log::own_log_dropped(), "lines of supd's own log dropped",
                             "whoever reads supd's stderr is too slow, or its log file can't be written"));
  for (log::SharedSink sink : {log::SharedSink::journal, log::SharedSink::syslog}) {
    examine_datagrams(findings, executor.logs().datagrams(sink));
  }
}

}  // namespace supd

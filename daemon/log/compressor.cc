#include "daemon/log/compressor.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "daemon/log/compress_file.hpp"
#include "daemon/sys/pidfd.hpp"
#include "daemon/sys/reap.hpp"
#include "daemon/sys/spawn.hpp"

namespace supd::log {
namespace {

/// Found at start: what lies there later may be a newer supd, which can do the same.
std::string own_program() {
  std::array<char, PATH_MAX> path{};
  ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return size <= 0 ? std::string() : std::string(path.data(), static_cast<std::size_t>(size));
}

}  // namespace

Compressor::Compressor(io::Loop& loop, CompressorEvents& events, std::string program)
    : loop_(loop), events_(events), program_(program.empty() ? own_program() : std::move(program)) {}

Compressor::~Compressor() {
  kill();
  loop_.release(timer_);
  loop_.release(wait_, std::move(pidfd_));
}

void Compressor::offer(const std::string& path, Compression format) { add(path, word(format)); }

void Compressor::remove(const std::string& path) { add(path, remove_task); }

void Compressor::add(const std::string& path, std::string_view task) {
  auto is_this = [&](const Job& job) { return job.path == path; };
  if (stopped_ || waiting_.size() >= max_waiting || std::any_of(waiting_.begin(), waiting_.end(), is_this)) return;
  waiting_.push_back({path, task, loop_.now() + settle_time});
  arm();
}

bool Compressor::working_on(const std::string& path) const { return busy() && waiting_.front().path == path; }

void Compressor::arm() {
  if (busy() || timer_ || waiting_.empty()) return;
  timer_ = loop_.timer_at(waiting_.front().from, *this);
}

void Compressor::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  start();
}

void Compressor::start() {
  const Job& job = waiting_.front();
  std::string task(job.task);
  const std::array<const char*, 5> argv{program_.c_str(), "--compress", task.c_str(), job.path.c_str(), nullptr};
  const std::array<const char*, 1> no_environment{nullptr};
  sys::SpawnRequest request;
  request.argv = argv.data();
  request.envp = no_environment.data();
  if (program_.empty()) return fail(job.path, {task, job.path, 0, "supd does not know its own program: no /proc"});
  auto spawned = sys::spawn(request);
  if (!spawned) return fail(job.path, {task, job.path, spawned.error().error, spawned.error().text()});
  pid_ = spawned->pid;
  pidfd_ = std::move(spawned->pidfd);
  wait_ = loop_.wait_child(pid_, pidfd_.borrow(), *this);
}

void Compressor::on_child_exit(io::OpId, ExitStatus exit, int error) noexcept {
  wait_ = {};
  pidfd_.reset();
  static_cast<void>(sys::reap(pid_));
  pid_ = 0;
  if (stopped_) return waiting_.clear();
  std::string path = waiting_.front().path, task(waiting_.front().task);
  if (error == 0 && exit.known() && !exit.by_signal() && exit.status == 0) {
    ++done_;
    failing_ = false;
    waiting_.pop_front();
    return arm();
  }
  bool told_why = error == 0 && exit.known() && !exit.by_signal();
  if (told_why) return fail(path, errno_error(task, path, exit.status));
  fail(path, {task, path, 0, "the process that does it was killed"});
}

/// Found again by the next sweep: after the next rotation, or at the next start.
void Compressor::fail(const std::string& path, Error error) {
  ++failed_;
  if (!std::exchange(failing_, true)) events_.on_compress_failed(path, error);
  waiting_.pop_front();
  arm();
}

void Compressor::kill() {
  if (pid_ == 0) return;
  // Not reaped yet, so the pid is nobody else's.
  if (!pidfd_.valid() || sys::pidfd_send_signal(pidfd_.borrow(), SIGKILL) != 0) ::kill(pid_, SIGKILL);
}

void Compressor::stop() {
  stopped_ = true;
  loop_.release(std::exchange(timer_, {}));
  if (!busy()) waiting_.clear();
  kill();
}

}  // namespace supd::log

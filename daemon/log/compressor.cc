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

void Compressor::offer(const std::string& path, Compression format) {
  auto is_this = [&](const Job& job) { return job.path == path; };
  if (stopped_ || waiting_.size() >= max_waiting || std::any_of(waiting_.begin(), waiting_.end(), is_this)) return;
  waiting_.push_back({path, word(format), loop_.now() + settle_time});
  arm();
}

std::vector<std::string> Compressor::known() const {
  std::vector<std::string> paths;
  paths.reserve(waiting_.size());
  for (const Job& job : waiting_) paths.push_back(job.path);
  return paths;
}

/// Whatever can be begun first goes to the front.
void Compressor::arm() {
  if (busy() || waiting_.empty()) return;
  auto first = std::ranges::min_element(waiting_, {}, &Job::from);
  if (timer_ && timer_at_ <= first->from) return;
  std::rotate(waiting_.begin(), first, first + 1);
  loop_.release(std::exchange(timer_, {}));
  timer_at_ = waiting_.front().from;
  timer_ = loop_.timer_at(timer_at_, *this);
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
  if (program_.empty()) return fail({task, job.path, 0, "supd does not know its own program: no /proc"});
  auto spawned = sys::spawn(request);
  if (!spawned) return fail({task, job.path, spawned.error().error, spawned.error().text()});
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
  const Job& job = waiting_.front();
  bool told = error == 0 && exit.known() && !exit.by_signal();
  // Not there any more: somebody removed it, as a sweep may.
  if (told && (exit.status == 0 || exit.status == ENOENT)) {
    done_ += exit.status == 0 ? 1 : 0;
    failing_ = failing_ && exit.status != 0;
    waiting_.pop_front();
    return arm();
  }
  std::string task(job.task);
  if (told) return fail(errno_error(task, job.path, exit.status));
  fail({task, job.path, 0, "the process that does it was killed"});
}

void Compressor::fail(const Error& error) {
  ++failed_;
  if (!std::exchange(failing_, true)) events_.on_compress_failed(waiting_.front().path, error);
  Job job = std::move(waiting_.front());
  waiting_.pop_front();
  job.from = loop_.now() + retry_time * (1U << job.tries);
  if (++job.tries < max_tries) waiting_.push_back(std::move(job));
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

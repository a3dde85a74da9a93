#include "daemon/io/child_scan.hpp"

#include <sys/signalfd.h>
#include <sys/wait.h>

#include <cerrno>

namespace supd::io {

Result<void> ChildScan::add(const Op& op) {
  if (!signals_.valid()) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_.valid()) return failed("signalfd");
  }
  waiting_.push_back(op.id);
  due_ = true;  // it may have ended before the signalfd was there
  return {};
}

std::vector<OpId> ChildScan::scan(OpSlab& slab) {
  due_ = false;
  drain_signals();
  std::vector<OpId> ended;
  std::erase_if(waiting_, [&](OpId id) {
    Op* op = slab.find(id);
    auto* child = op != nullptr ? op->get<ChildPart>() : nullptr;
    if (child == nullptr) return true;
    child->info = {};
    const int rc = ::waitid(P_PID, static_cast<id_t>(child->pid), &child->info, WEXITED | WNOHANG | WNOWAIT);
    if (rc == 0 && child->info.si_pid == 0) return false;
    if (rc != 0 && errno == EINTR) {
      due_ = true;
      return false;
    }
    if (rc != 0) child->info.si_signo = 0;
    ended.push_back(id);
    return true;
  });
  return ended;
}

void ChildScan::drain_signals() {
  signalfd_siginfo info;
  while (signals_.valid() && ::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
  }
}

}  // namespace supd::io

// SPDX-License-Identifier: GPL-2.0-only
/// Commands that a driver has marked as cancelable, with a device that is for this: ../vm/test-device.patch.

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "helper.hpp"
#include "waitid_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;

constexpr std::uint32_t hold = 0, release = 1, hold_together = 2;
constexpr std::uint64_t first_tag = 500, release_tag = 600;
constexpr unsigned count = 3;

/// What the device says: commands it holds, and how often it was asked to cancel one.
struct Counts {
  std::uint32_t held = 0, cancelled = 0;
};

struct Device {
  Fd fd{::open("/dev/uring-cmd-test", O_RDWR | O_CLOEXEC)};

  Counts counts() const {
    Counts now;
    if (::read(fd.get(), &now, sizeof now) != sizeof now) return {};
    return now;
  }
  /// The end of a ring or a task is not over when the call that began it returns.
  bool holds_nothing() const {
    for (int i = 0; i < 2000 && counts().held != 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return counts().held == 0;
  }
};

void prepare_command(Ring& ring, std::uint64_t tag, int fd, std::uint32_t what) {
  io_uring_sqe& sqe = ring.request(IORING_OP_URING_CMD, tag);
  sqe.fd = fd;
  sqe.cmd_op = what;
}

/// `count` commands that the device holds.
void give_commands(Trial& trial, const Device& device, std::uint32_t what) {
  for (unsigned i = 0; i < count; ++i) prepare_command(trial.ring(), first_tag + i, device.fd.get(), what);
  trial.nothing_more();
  trial.equal("commands that are held", device.counts().held, trial.good() ? count : 0);
}

struct CommandTrial : Trial {
  CommandTrial() : Trial(IORING_OP_URING_CMD) {
    if (!device.fd.valid()) not_supported("there is no device for this: " + text_of_errno(errno));
  }
  Device device;
};

Outcome released() {
  CommandTrial trial;
  const auto before = trial.device.counts().cancelled;
  if (trial.good()) give_commands(trial, trial.device, hold);
  if (!trial.good()) return trial.outcome();
  prepare_command(trial.ring(), release_tag, trial.device.fd.get(), release);
  for (unsigned i = 0; i <= count && trial.good(); ++i) {
    const Cqe cqe = trial.next("commands' that were released");
    trial.equal("the result", cqe.res, cqe.tag == release_tag ? count : 0);
  }
  trial.ring().abandon();
  trial.equal("commands cancelled, of which none was left", trial.device.counts().cancelled, before);
  return trial.outcome();
}

Outcome ring_closed(std::uint32_t what, unsigned asked) {
  CommandTrial trial;
  const auto before = trial.device.counts().cancelled;
  if (trial.good()) give_commands(trial, trial.device, what);
  if (!trial.good()) return trial.outcome();
  trial.ring().abandon();
  trial.expect(trial.device.holds_nothing(), "the device holds commands of a ring that is closed");
  trial.equal("how often the driver was asked", trial.device.counts().cancelled, before + asked);
  return trial.outcome();
}

Outcome closed() { return ring_closed(hold, count); }
Outcome closed_together() { return ring_closed(hold_together, 1); }

/// A child gives commands and then ends as `end` says.
template <class End>
Outcome task_ends(End end) {
  CommandTrial trial;
  if (!trial.good()) return trial.outcome();
  const auto before = trial.device.counts().cancelled;
  const int code = in_fork([&] {
    Trial its(IORING_OP_URING_CMD);
    give_commands(its, trial.device, hold);
    return its.good() ? end() : 9;
  });
  trial.expect(code != 9, "a child could not give commands");
  trial.expect(trial.device.holds_nothing(), "the device holds commands of a task that is gone");
  trial.equal("how often the driver was asked", trial.device.counts().cancelled, before + count);
  return trial.outcome();
}

Outcome task_killed() {
  return task_ends([] {
    ::raise(SIGKILL);
    return 0;
  });
}

Outcome exec() {
  return task_ends([] {
    ::execl(own_path, "conformance", exit_word, "0", nullptr);
    return 9;
  });
}

constexpr std::string_view fix = "93b8cc6 (io_uring: cancelable uring_cmd)";

constexpr std::array checks{
    Check{"cmd-released", "commands marked as cancelable can complete, and are not cancelled then", fix, Need::useful,
          released},
    Check{"cmd-ring-closed", "commands marked as cancelable are cancelled with their ring, each once", fix,
          Need::useful, closed},
    Check{"cmd-ring-closed-together", "the driver may end others while it is asked to cancel one", fix, Need::useful,
          closed_together},
    Check{"cmd-task-killed", "commands of a process that is killed are cancelled", fix, Need::useful, task_killed},
    Check{"cmd-exec", "execve cancels the commands of its task", fix, Need::useful, exec},
};

}  // namespace

std::span<const Check> cmd_checks() { return checks; }

}  // namespace conformance

#include "daemon/child_stdio.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/sys/terminal.hpp"

namespace supd {
namespace {

bool make_pipe(sys::UniqueFd& read_end, sys::UniqueFd& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  // The two ends are open file descriptions of their own: services see a blocking stdout, as they expect.
  return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

}  // namespace

std::expected<ChildStdio, SpawnFailure> ChildStdio::make(const TerminalSpec& spec) {
  ChildStdio made;
  made.spec_ = spec;
  if (spec.inherit) {
    if (sys::is_terminal(sys::BorrowedFd(STDIN_FILENO))) sys::give_up_terminal();
    return made;
  }
  if (!spec.path.empty()) {
    auto terminal = sys::open_terminal(spec.path);
    if (!terminal) return std::unexpected(SpawnFailure{SpawnStage::terminal, terminal.error().code});
    made.terminal_ = std::move(*terminal);
    return made;
  }
  if (!make_pipe(made.out_read, made.out_write_) || !make_pipe(made.err_read, made.err_write_)) {
    return std::unexpected(SpawnFailure{SpawnStage::prepare, errno});
  }
  return made;
}

void ChildStdio::wire(sys::SpawnRequest& request) const {
  using Control = sys::SpawnRequest::Control;
  if (spec_.inherit) {
    request.stdin_fd = STDIN_FILENO;
    request.stdout_fd = STDOUT_FILENO;
    request.stderr_fd = STDERR_FILENO;
    // Never taken from somebody's shell.
    request.control = Control::claim;
  } else if (terminal_.valid()) {
    request.stdin_fd = request.stdout_fd = request.stderr_fd = terminal_.get();
    request.control = Control::steal;
  } else {
    if (spec_.read_own) request.stdin_fd = STDIN_FILENO;
    request.stdout_fd = out_write_.get();
    request.stderr_fd = err_write_.get();
  }
}

}  // namespace supd

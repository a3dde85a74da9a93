#include "daemon/pipes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

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

std::expected<OutputPipes, SpawnFailure> OutputPipes::make() {
  OutputPipes pipes;
  bool made = make_pipe(pipes.out_read, pipes.out_write) && make_pipe(pipes.err_read, pipes.err_write);
  if (!made) return std::unexpected(SpawnFailure{SpawnStage::prepare, errno});
  return pipes;
}

}  // namespace supd

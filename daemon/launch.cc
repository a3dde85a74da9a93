#include "daemon/launch.hpp"

#include <unistd.h>

#include <vector>

#include "daemon/pipes.hpp"
#include "daemon/process/environment.hpp"

namespace supd {
namespace {

std::vector<const char*> argument_vector(std::span<const std::string> command) {
  std::vector<const char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(word.c_str());
  argv.push_back(nullptr);
  return argv;
}

}  // namespace

std::expected<Launched, SpawnFailure> launch(const UnitSpec& spec, std::span<const std::string> command, RunId run,
                                             const sys::UnitCgroup* cgroup) {
  auto pipes = OutputPipes::make();
  if (!pipes) return std::unexpected(pipes.error());
  std::vector<const char*> argv = argument_vector(command);
  // Made anew for each run: kept, it would cost every unit a few kilobytes for microseconds.
  process::Environment environment(spec.name, spec.environment, spec.run_as, environ);
  sys::SpawnRequest request;
  request.argv = argv.data();
  request.envp = environment.for_run(run);
  bool is_path = command.front().find('/') != std::string::npos;
  request.search_path = is_path ? nullptr : environment.search_path();
  request.directory = spec.directory.empty() ? nullptr : spec.directory.c_str();
  request.stdout_fd = pipes->out_write.get();
  request.stderr_fd = pipes->err_write.get();
  sys::UniqueFd cgroup_directory;
  if (cgroup != nullptr) {
    auto opened = cgroup->open_directory();
    if (!opened) return std::unexpected(SpawnFailure{SpawnStage::cgroup, opened.error().code});
    cgroup_directory = std::move(*opened);
    request.cgroup = cgroup_directory.borrow();
  }
  request.limits = &spec.limits;
  request.run_as = &spec.run_as;
  auto spawned = sys::spawn(request);
  if (!spawned) return std::unexpected(spawned.error());
  return Launched{std::move(*spawned), std::move(pipes->out_read), std::move(pipes->err_read)};
}

}  // namespace supd

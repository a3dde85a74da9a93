#include "daemon/launch.hpp"

#include <unistd.h>

#include <cerrno>
#include <deque>
#include <utility>
#include <vector>

#include "daemon/child_stdio.hpp"
#include "daemon/process/environment.hpp"
#include "units/base/expand.hpp"
#include "units/base/visible.hpp"

namespace supd {
namespace {

/// Arguments, and the texts of those that were expanded: the others are borrowed from the spec.
class Arguments {
 public:
  /// `text` as execve(2) shall get it; nullptr when it names a variable that is not set.
  [[nodiscard]] const char* expanded(const std::string& text, const process::Environment& environment) {
    if (!has_references(text)) return text.c_str();
    auto value = expand(text, [&environment](std::string_view name) { return environment.value_of(name); });
    return value ? texts_.emplace_back(std::move(*value)).c_str() : nullptr;
  }

  /// False when an argument can't be expanded.
  [[nodiscard]] bool take(std::span<const std::string> command, const process::Environment& environment) {
    pointers_.reserve(command.size() + 1);
    for (const std::string& word : command) {
      pointers_.push_back(expanded(word, environment));
      if (pointers_.back() == nullptr) return false;
    }
    pointers_.push_back(nullptr);
    return true;
  }

  [[nodiscard]] const char* const* argv() const { return pointers_.data(); }
  [[nodiscard]] std::string_view program() const { return pointers_.front(); }

 private:
  std::deque<std::string> texts_;  ///< never moves what it holds
  std::vector<const char*> pointers_;
};

}  // namespace

std::string LaunchFailure::text() const { return detail.empty() ? failure.text() : visible(detail); }

std::expected<Launched, LaunchFailure> launch(const UnitSpec& spec, std::span<const std::string> command, RunId run,
                                              const sys::UnitCgroup* cgroup) {
  // Made anew for each run: kept, it would cost every unit a few kilobytes for microseconds.
  process::Environment environment(spec.name, spec.environment, spec.run_as, environ);
  sys::SpawnRequest request;
  request.envp = environment.for_run(run);
  Arguments arguments;
  if (!arguments.take(command, environment)) return std::unexpected(SpawnFailure{SpawnStage::expand, EINVAL});
  request.argv = arguments.argv();
  bool is_path = arguments.program().find('/') != std::string_view::npos;
  request.search_path = is_path ? nullptr : environment.search_path();
  if (!spec.directory.empty()) {
    request.directory = arguments.expanded(spec.directory, environment);
    if (request.directory == nullptr) return std::unexpected(SpawnFailure{SpawnStage::expand, EINVAL});
  }
  auto stdio = ChildStdio::make(spec.terminal);
  if (!stdio) return std::unexpected(stdio.error());
  stdio->wire(request);
  sys::UniqueFd cgroup_directory;
  if (cgroup != nullptr) {
    auto opened = cgroup->open_directory();
    if (!opened) return std::unexpected(SpawnFailure{SpawnStage::cgroup, opened.error().code});
    cgroup_directory = std::move(*opened);
    request.cgroup = cgroup_directory.borrow();
  }
  request.limits = &spec.limits;
  request.run_as = &spec.run_as;
  std::string missing;
  request.missing = &missing;
  auto spawned = sys::spawn(request);
  if (!spawned) return std::unexpected(LaunchFailure(spawned.error(), std::move(missing)));
  return Launched{std::move(*spawned), std::move(stdio->out_read), std::move(stdio->err_read)};
}

}  // namespace supd

#include "daemon/process/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace supd::process {
namespace {

constexpr std::string_view usual_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t longest_number = 20;  // digits of a 64-bit number
constexpr std::array<std::string_view, 8> for_supd_alone{"NOTIFY_SOCKET",  "LISTEN_PID",    "LISTEN_FDS",
                                                         "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID",
                                                         "SUPD_UNIT",      "SUPD_RUN"};

/// Names in the order in which they were first seen, each with its last value.
class Variables {
 public:
  void set(std::string_view name, std::string_view value) {
    auto [entry, is_new] = index_.try_emplace(std::string(name), all_.size());
    if (is_new) {
      all_.emplace_back(name, value);
    } else {
      all_[entry->second].second = value;
    }
  }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<std::pair<std::string, std::string>> all_;
};

bool is_inherited(const EnvironmentSpec& spec, std::string_view name) {
  if (std::ranges::find(for_supd_alone, name) != for_supd_alone.end()) return false;
  return spec.inherit_all || std::ranges::find(spec.inherit, name) != spec.inherit.end();
}

void inherit(Variables& to, const EnvironmentSpec& spec, const char* const* inherited) {
  for (; inherited != nullptr && *inherited != nullptr; ++inherited) {
    std::string_view entry(*inherited);
    std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;  // not a variable
    std::string_view name = entry.substr(0, equals);
    if (is_inherited(spec, name)) to.set(name, entry.substr(equals + 1));
  }
}

void describe_user(Variables& to, const RunAsSpec& run_as) {
  if (!run_as.set_uid) return;
  if (!run_as.user.empty()) {
    to.set("USER", run_as.user);
    to.set("LOGNAME", run_as.user);
  }
  if (!run_as.home.empty()) to.set("HOME", run_as.home);
  if (!run_as.shell.empty()) to.set("SHELL", run_as.shell);
}

}  // namespace

std::string run_marker(std::string_view unit, RunId run) {
  return std::string(unit) + "#" + std::to_string(run.value) + "@" + std::to_string(::getpid());
}

Environment::Environment(std::string_view unit, const EnvironmentSpec& spec, const RunAsSpec& run_as,
                         const char* const* inherited)
    : unit_(unit) {
  Variables variables;
  inherit(variables, spec, inherited);
  describe_user(variables, run_as);
  for (const auto& [name, value] : spec.values) variables.set(name, value);
  variables.set("SUPD_UNIT", unit);
  std::vector<std::size_t> starts;
  for (const auto& [name, value] : variables.all()) {
    if (name == run_variable) continue;
    starts.push_back(block_.size());
    block_ += name + "=" + value + '\0';
  }
  starts.push_back(block_.size());
  block_ += std::string(run_variable) + "=";
  marker_at_ = block_.size();
  block_.append(run_marker(unit, RunId{}).size() + longest_number, '\0');
  for (std::size_t start : starts) pointers_.push_back(block_.data() + start);
  pointers_.push_back(nullptr);
  auto path = std::ranges::find_if(
      pointers_, [](const char* entry) { return entry != nullptr && std::string_view(entry).starts_with("PATH="); });
  search_path_ = (path != pointers_.end() ? *path : usual_path.data()) + std::string_view("PATH=").size();
}

const char* const* Environment::for_run(RunId run) {
  std::string marker = run_marker(unit_, run);
  std::ranges::copy(marker, block_.begin() + static_cast<std::ptrdiff_t>(marker_at_));
  block_[marker_at_ + marker.size()] = '\0';
  return pointers_.data();
}

}  // namespace supd::process

#include "daemon/process/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace supd::process {
namespace {

constexpr std::string_view usual_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t longest_number = 20;  // digits of a 64-bit number
constexpr std::array<std::string_view, 8> for_supd_alone{"NOTIFY_SOCKET",  "LISTEN_PID",    "LISTEN_FDS",
                                                         "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID",
                                                         "SUPD_UNIT",      run_variable};

/// A variable that is not as inherited; without a value: not there. Borrows its text.
struct Override {
  std::string_view name;
  std::string_view value;
  bool present = true;
};

using Overrides = std::vector<Override>;

void describe_user(Overrides& to, const RunAsSpec& run_as) {
  if (!run_as.set_uid) return;
  if (!run_as.user.empty()) {
    to.push_back({"USER", run_as.user});
    to.push_back({"LOGNAME", run_as.user});
  }
  if (!run_as.home.empty()) to.push_back({"HOME", run_as.home});
  if (!run_as.shell.empty()) to.push_back({"SHELL", run_as.shell});
}

/// Sorted by name, each name once: the last of its kind, so that later wins.
Overrides overrides_of(std::string_view unit, const EnvironmentSpec& spec, const RunAsSpec& run_as) {
  Overrides all;
  all.reserve(for_supd_alone.size() + spec.values.size() + 5);
  for (std::string_view name : for_supd_alone) all.push_back({name, {}, false});
  describe_user(all, run_as);
  for (const auto& [name, value] : spec.values) all.push_back({name, value});
  all.push_back({"SUPD_UNIT", unit});
  all.push_back({run_variable, {}, false});  // written apart, see write_marker()
  std::ranges::stable_sort(all, {}, &Override::name);
  auto kept = all.begin();
  for (auto at = all.begin(); at != all.end(); ++at) {
    bool is_last = at + 1 == all.end() || (at + 1)->name != at->name;
    if (is_last) *kept++ = *at;
  }
  all.erase(kept, all.end());
  return all;
}

bool is_inherited(const EnvironmentSpec& spec, const Overrides& overrides, std::string_view entry) {
  std::size_t equals = entry.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;  // not a variable
  std::string_view name = entry.substr(0, equals);
  if (std::ranges::binary_search(overrides, name, {}, &Override::name)) return false;
  return spec.inherit_all || std::ranges::find(spec.inherit, name) != spec.inherit.end();
}

}  // namespace

std::string run_marker(std::string_view unit, RunId run) {
  return std::string(unit) + "#" + std::to_string(run.value) + "@" + std::to_string(::getpid());
}

Environment::Environment(std::string_view unit, const EnvironmentSpec& spec, const RunAsSpec& run_as,
                         const char* const* inherited) {
  Overrides overrides = overrides_of(unit, spec, run_as);
  std::vector<std::string_view> entries;
  std::size_t size = 0;
  for (; inherited != nullptr && *inherited != nullptr; ++inherited) {
    std::string_view entry(*inherited);
    if (!is_inherited(spec, overrides, entry)) continue;
    entries.push_back(entry);
    size += entry.size() + 1;
  }
  for (const Override& variable : overrides) size += variable.name.size() + variable.value.size() + 2;
  marker_suffix_ = "@" + std::to_string(::getpid());
  size += run_variable.size() + unit.size() + longest_number + marker_suffix_.size() + 3;

  block_.reserve(size);  // never grows from here on: the pointers stay good
  pointers_.reserve(entries.size() + overrides.size() + 2);
  for (std::string_view entry : entries) add({entry});
  for (const Override& variable : overrides) {
    if (variable.present) add({variable.name, "=", variable.value});
  }
  write_marker(unit);
  find_path();
}

void Environment::add(std::initializer_list<std::string_view> parts) {
  pointers_.push_back(block_.data() + block_.size());
  for (std::string_view part : parts) block_.append(part);
  block_.push_back('\0');
}

void Environment::write_marker(std::string_view unit) {
  add({run_variable, "=", unit, "#"});
  number_at_ = block_.size() - 1;
  block_.append(longest_number + marker_suffix_.size(), '\0');
  pointers_.push_back(nullptr);
}

void Environment::find_path() {
  auto path = std::ranges::find_if(
      pointers_, [](const char* entry) { return entry != nullptr && std::strncmp(entry, "PATH=", 5) == 0; });
  search_path_ = (path != pointers_.end() ? *path : usual_path.data()) + std::string_view("PATH=").size();
}

std::optional<std::string_view> Environment::value_of(std::string_view name) const {
  for (const char* pointer : pointers_) {
    std::string_view entry(pointer != nullptr ? pointer : "");
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) return entry.substr(name.size() + 1);
  }
  return std::nullopt;
}

const char* const* Environment::for_run(RunId run) {
  char* number = block_.data() + number_at_;
  char* end = std::to_chars(number, number + longest_number, run.value).ptr;
  end = std::ranges::copy(marker_suffix_, end).out;
  *end = '\0';
  return pointers_.data();
}

}  // namespace supd::process

#include "units/spec.hpp"

#include <algorithm>
#include <utility>

namespace supd {

bool ExitSet::contains(const ExitStatus& exit) const {
  const std::vector<int>& set = exit.by_signal() ? signals : codes;
  return exit.known() && std::ranges::find(set, exit.status) != set.end();
}

std::string_view word(Kind kind) {
  switch (kind) {
    case Kind::service: return "service";
    case Kind::task: return "task";
    case Kind::target: return "target";
  }
  std::unreachable();
}

std::string_view word(Relation relation) {
  switch (relation) {
    case Relation::requires_: return "requires";
    case Relation::wants: return "wants";
    case Relation::binds: return "binds";
    case Relation::after: return "after";
    case Relation::before: return "before";
    case Relation::conflicts: return "conflicts";
  }
  std::unreachable();
}

std::string_view word(Condition condition) {
  switch (condition) {
    case Condition::started: return "started";
    case Condition::ready: return "ready";
    case Condition::completed: return "completed";
    case Condition::exited: return "exited";
  }
  std::unreachable();
}

std::string_view word(RestartPolicy policy) {
  switch (policy) {
    case RestartPolicy::always: return "always";
    case RestartPolicy::on_failure: return "on-failure";
    case RestartPolicy::never: return "never";
  }
  std::unreachable();
}

std::string_view word(StopScope scope) {
  switch (scope) {
    case StopScope::tree: return "tree";
    case StopScope::group: return "group";
    case StopScope::main_alone: return "main";
  }
  std::unreachable();
}

std::string_view word(Compression compression) {
  switch (compression) {
    case Compression::none: return "none";
    case Compression::gzip: return "gzip";
    case Compression::zstd: return "zstd";
  }
  std::unreachable();
}

std::string_view word(LogFormat format) {
  switch (format) {
    case LogFormat::text: return "text";
    case LogFormat::json: return "json";
    case LogFormat::raw: return "raw";
  }
  std::unreachable();
}

std::string_view word(OnFull on_full) {
  switch (on_full) {
    case OnFull::drop: return "drop";
    case OnFull::block: return "block";
  }
  std::unreachable();
}

std::string_view word(LogTime time) {
  switch (time) {
    case LogTime::utc: return "utc";
    case LogTime::local: return "local";
  }
  std::unreachable();
}

std::string_view word(ExitPolicy policy) {
  switch (policy) {
    case ExitPolicy::told: return "told";
    case ExitPolicy::done: return "done";
    case ExitPolicy::failure: return "failure";
  }
  std::unreachable();
}

}  // namespace supd

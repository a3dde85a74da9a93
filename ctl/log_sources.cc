#include "ctl/log_sources.hpp"

#include <algorithm>
#include <filesystem>

#include "ctl/stream.hpp"
#include "daemon/log/format/rotated_name.hpp"
#include "units/base/glob.hpp"
#include "units/base/nearest.hpp"

namespace supd::ctl {
namespace {

constexpr std::string_view log_directory =
    "it should be the directory of all units' logs, as in daemon.log_dir of supd.toml";

Failure cannot_read(const std::string& directory, const std::error_code& error) {
  bool denied = error == std::errc::permission_denied;
  return {denied ? Outcome::not_permitted : Outcome::failed, directory + ": " + error.message(),
          std::string(log_directory)};
}

Try<std::vector<std::string>> units_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error), end;
  for (; !error && entries != end; entries.increment(error)) {
    std::error_code ignored;
    if (!entries->is_directory(ignored)) continue;
    logs::LogPath path(log::usual_log_path(directory, entries->path().filename().string()));
    bool has_log = std::filesystem::exists(path.current(), ignored);
    if (!has_log) {
      auto closed = logs::closed_files(path);
      has_log = !closed || !closed->empty();  // what can't be listed is told when it is read
    }
    if (has_log) names.push_back(entries->path().filename().string());
  }
  if (error) return std::unexpected(cannot_read(directory, error));
  std::ranges::sort(names);
  return names;
}

Failure no_such_unit(const std::string& pattern, const std::vector<std::string>& names, const std::string& directory) {
  Failure failure{Outcome::no_such_unit, "no unit \"" + pattern + "\" has logs in " + directory};
  if (pattern.starts_with('@')) failure.advice = "targets are known to supd only";
  std::string meant = nearest(pattern, names);
  if (!meant.empty()) failure.advice = "did you mean '" + meant + "'?";
  return failure;
}

proto::LogSource source_of(const std::string& name, const std::string& directory) {
  proto::LogSource out{.unit = name, .file = true};
  out.path = log::usual_log_path(directory, name);
  bool raw = logs::guess_kind(logs::LogPath(out.path)) == logs::FileKind::raw;
  out.format = raw ? "raw" : "text";
  return out;
}

}  // namespace

Try<std::vector<proto::LogSource>> ask_log_sources(Client& client, const std::vector<std::string>& units) {
  proto::Params params;
  params.units = units;
  Try<std::int64_t> id = client.request("log_files", params);
  if (!id) return std::unexpected(std::move(id.error()));
  std::vector<proto::LogSource> out;
  Try<void> read = read_answer(client, *id, false, [&](const proto::Message& message) -> Try<bool> {
    if (message.method() != "log_file") return true;
    auto sources = message.log_sources();
    if (!sources) return std::unexpected(bad_answer(sources.error()));
    std::ranges::move(*sources, std::back_inserter(out));
    return true;
  });
  if (!read) return std::unexpected(std::move(read.error()));
  return out;
}

Try<std::vector<proto::LogSource>> find_log_sources(const std::string& directory,
                                                    const std::vector<std::string>& patterns) {
  auto names = units_in(directory);
  if (!names) return std::unexpected(std::move(names.error()));
  std::vector<proto::LogSource> out;
  auto add = [&](const std::string& name) {
    if (std::ranges::find(out, name, &proto::LogSource::unit) == out.end()) out.push_back(source_of(name, directory));
  };
  for (const std::string& pattern : patterns) {
    bool found = false;
    for (const std::string& name : *names) {
      if (name != pattern && !(is_glob(pattern) && glob_matches(pattern, name))) continue;
      add(name);
      found = true;
    }
    if (!found) return std::unexpected(no_such_unit(pattern, *names, directory));
  }
  if (patterns.empty() && names->empty()) {
    return std::unexpected(Failure{Outcome::failed, "no unit has logs in " + directory, std::string(log_directory)});
  }
  if (patterns.empty()) std::ranges::for_each(*names, add);
  return out;
}

}  // namespace supd::ctl

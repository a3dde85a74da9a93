#pragma once

/// Short ways to say "this text gives that" in the tests of config/.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/show/effective.hpp"

namespace supd::config {

/// A machine with two users, two groups and the files that a test puts on it.
class FakeHost final : public Surroundings {
 public:
  Result<std::optional<User>> user(const std::string& name) override;
  Result<std::optional<std::uint32_t>> group(const std::string& name) override;
  Result<std::vector<std::uint32_t>> groups_of(const User& user) override;
  Result<std::string> read_file(const std::string& path) override;

  std::map<std::string, std::string> files;
  bool name_service_works = true;
};

/// All diagnostics of one unit file web.toml, as people see them.
[[nodiscard]] std::string complaints(std::string_view text, std::string_view name = "web.toml");

/// The one unit of a text that must be good, with what was wrong when it is not. Goes there and back, too.
[[nodiscard]] UnitSpec unit_of(std::string_view text, Surroundings& host = nowhere());

/// The unit as the text of a file, read again, is the same unit.
void expect_round_trip(const UnitSpec& unit, Surroundings& host = nowhere());

/// With SUPD_CORPUS_DIR in the environment, writes the text into a file there, for fuzzers to begin with.
void keep_for_fuzzing(std::string_view text);

/// What `show` says of that key; "(none)" when it says nothing.
[[nodiscard]] std::string shown(const UnitSpec& unit, std::string_view key);

/// A directory that is gone with its owner.
class ScratchDir {
 public:
  ScratchDir();
  ~ScratchDir();
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;

  [[nodiscard]] std::string path(std::string_view name = {}) const;
  /// Writes a file, making its directories; returns its path.
  std::string write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path root_;
};

/// The diagnostics of loading these paths; the scratch directory's own path is written "DIR".
[[nodiscard]] std::string load_complaints(const ScratchDir& dir, const std::vector<std::string>& paths);

}  // namespace supd::config

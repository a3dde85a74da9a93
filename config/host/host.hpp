#pragma once

/// The machine that supd runs on: its files, and its users and groups as the name service tells them
/// (getpwnam_r(3)). May block; used while loading only, never on the loop.

#include <unordered_map>

#include "config/host/surroundings.hpp"
#include "config/host/trust.hpp"
#include "config/load/file_stamp.hpp"

namespace supd::config {

/// Remembers every answer, so that 10 000 units of one user ask once.
class Host final : public Surroundings {
 public:
  explicit Host(Trust trust) : trust_(trust) {}

  Result<std::optional<User>> user(const std::string& name) override;
  Result<std::optional<std::uint32_t>> group(const std::string& name) override;
  Result<std::vector<std::uint32_t>> groups_of(const User& user) override;
  Result<std::string> read_file(const std::string& path) override;

  /// Of a file that was asked for; nothing of others.
  [[nodiscard]] std::optional<FileStamp> stamp_of(const std::string& path) const;
  /// Whether a name was looked up, so that the answer depends on more than the configuration's files.
  [[nodiscard]] bool asked_for_names() const { return !users_.empty() || !groups_.empty(); }

 private:
  Trust trust_;
  std::unordered_map<std::string, FileStamp> stamps_;
  std::unordered_map<std::string, Result<std::optional<User>>> users_;
  std::unordered_map<std::string, Result<std::optional<std::uint32_t>>> groups_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> groups_of_;  ///< by "NAME:GID"
};

}  // namespace supd::config

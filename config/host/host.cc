#include "config/host/host.hpp"

#include "config/host/accounts.hpp"
#include "config/host/read_file.hpp"

namespace supd::config {

Result<std::optional<User>> Host::user(const std::string& name) {
  auto known = users_.find(name);
  if (known == users_.end()) known = users_.emplace(name, accounts::user(name)).first;
  return known->second;
}

Result<std::optional<std::uint32_t>> Host::group(const std::string& name) {
  auto known = groups_.find(name);
  if (known == groups_.end()) known = groups_.emplace(name, accounts::group(name)).first;
  return known->second;
}

Result<std::vector<std::uint32_t>> Host::groups_of(const User& user) {
  std::string key = user.name + ":" + std::to_string(user.gid);
  auto known = groups_of_.find(key);
  if (known != groups_of_.end()) return known->second;
  auto gids = accounts::groups_of(user);
  if (!gids) return gids;
  return groups_of_.emplace(std::move(key), std::move(*gids)).first->second;
}

Result<std::string> Host::read_file(const std::string& path) {
  auto file = read_regular_file(path, trust_);
  stamps_[path] = file ? file->stamp : config::stamp_of(path);
  if (!file) return std::unexpected(std::move(file.error()));
  return std::move(file->text);
}

std::optional<FileStamp> Host::stamp_of(const std::string& path) const {
  auto found = stamps_.find(path);
  return found != stamps_.end() ? std::optional(found->second) : std::nullopt;
}

}  // namespace supd::config

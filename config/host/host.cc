#include "config/host/host.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>

#include "config/host/read_file.hpp"

namespace supd::config {
namespace {

constexpr std::size_t max_entry_bytes = 1024 * 1024;  ///< of one passwd or group entry, its members included
constexpr int max_groups = 65'536;                    ///< NGROUPS_MAX of Linux

/// Calls `look_up(buffer, size)` with ever larger buffers until the entry fits. Returns its errno value.
template <class LookUp>
int with_buffer(std::vector<char>& buffer, LookUp look_up) {
  for (std::size_t size = 1024; size <= max_entry_bytes; size *= 2) {
    buffer.resize(size);
    int error = look_up(buffer.data(), buffer.size());
    if (error != ERANGE && error != EINTR) return error;
  }
  return ERANGE;
}

/// "There is none" comes in several values besides 0 (getpwnam(3)).
bool means_none(int error) {
  return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

Result<std::optional<User>> look_up_user(const std::string& name) {
  auto id = plain_id(name);
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer;
  int error = with_buffer(buffer, [&](char* space, std::size_t size) {
    return id ? ::getpwuid_r(*id, &entry, space, size, &found)
              : ::getpwnam_r(name.c_str(), &entry, space, size, &found);
  });
  if (found != nullptr) return User{found->pw_uid, found->pw_gid, true, found->pw_name, found->pw_dir, found->pw_shell};
  if (id) return User{*id, 0, false, {}, {}, {}};  // a bare number works even when the name service does not
  if (means_none(error)) return std::optional<User>{};
  return std::unexpected(errno_error("getpwnam", name, error));
}

Result<std::optional<std::uint32_t>> look_up_group(const std::string& name) {
  if (auto id = plain_id(name)) return id;
  ::group entry{};
  ::group* found = nullptr;
  std::vector<char> buffer;
  int error = with_buffer(
      buffer, [&](char* space, std::size_t size) { return ::getgrnam_r(name.c_str(), &entry, space, size, &found); });
  if (found != nullptr) return found->gr_gid;
  if (means_none(error)) return std::optional<std::uint32_t>{};
  return std::unexpected(errno_error("getgrnam", name, error));
}

}  // namespace

Result<std::optional<User>> Host::user(const std::string& name) {
  auto known = users_.find(name);
  if (known == users_.end()) known = users_.emplace(name, look_up_user(name)).first;
  return known->second;
}

Result<std::optional<std::uint32_t>> Host::group(const std::string& name) {
  auto known = groups_.find(name);
  if (known == groups_.end()) known = groups_.emplace(name, look_up_group(name)).first;
  return known->second;
}

Result<std::vector<std::uint32_t>> Host::groups_of(const User& user) {
  std::string key = user.name + ":" + std::to_string(user.gid);
  auto known = groups_of_.find(key);
  if (known != groups_of_.end()) return known->second;
  std::vector<gid_t> gids(64);
  while (true) {
    int count = static_cast<int>(gids.size());
    if (::getgrouplist(user.name.c_str(), user.gid, gids.data(), &count) >= 0) {
      gids.resize(static_cast<std::size_t>(count));
      break;
    }
    if (gids.size() >= max_groups) return std::unexpected(errno_error("getgrouplist", user.name, ERANGE));
    gids.resize(gids.size() * 2);
  }
  return groups_of_.emplace(std::move(key), std::vector<std::uint32_t>(gids.begin(), gids.end())).first->second;
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

#include "config/host/accounts.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>

namespace supd::config::accounts {
namespace {

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

}  // namespace

Result<std::optional<User>> user(const std::string& name) {
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

Result<std::optional<std::uint32_t>> group(const std::string& name) {
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

Result<std::vector<std::uint32_t>> groups_of(const User& user) {
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
  return std::vector<std::uint32_t>(gids.begin(), gids.end());
}

}  // namespace supd::config::accounts

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "config/host/accounts.hpp"

namespace supd::config::accounts {
namespace {

constexpr const char* users_file = "/etc/passwd";
constexpr const char* groups_file = "/etc/group";

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

/// Calls `read(file, entry, buffer, size, found)` for entry after entry, and `look(entry)` with each until that
/// says true. A file that is not there is an empty one. Returns 0 or an errno value.
template <class Entry, class Read, class Look>
int each_entry(const char* path, Read read, Look look) {
  File file(std::fopen(path, "re"));
  if (!file) return errno == ENOENT ? 0 : errno;
  std::vector<char> buffer(4096);
  while (true) {
    Entry entry{};
    Entry* found = nullptr;
    long before = std::ftell(file.get());
    int error = read(file.get(), &entry, buffer.data(), buffer.size(), &found);
    if (error == ERANGE && buffer.size() < max_entry_bytes) {
      buffer.resize(buffer.size() * 2);
      std::fseek(file.get(), before, SEEK_SET);
      continue;
    }
    if (error == ENOENT || found == nullptr) return error == ENOENT ? 0 : error;  // the end
    if (look(*found)) return 0;
  }
}

}  // namespace

Result<std::optional<User>> user(const std::string& name) {
  auto id = plain_id(name);
  std::optional<User> user;
  int error = each_entry<passwd>(users_file, ::fgetpwent_r, [&](const passwd& entry) {
    if (id ? entry.pw_uid != *id : name != entry.pw_name) return false;
    user = User{entry.pw_uid, entry.pw_gid, true, entry.pw_name, entry.pw_dir, entry.pw_shell};
    return true;
  });
  if (!user && id) return User{*id, 0, false, {}, {}, {}};  // a bare number works even without the file
  if (error != 0) return std::unexpected(errno_error("read", users_file, error));
  return user;
}

Result<std::optional<std::uint32_t>> group(const std::string& name) {
  if (auto id = plain_id(name)) return id;
  std::optional<std::uint32_t> gid;
  int error = each_entry<::group>(groups_file, ::fgetgrent_r, [&](const ::group& entry) {
    if (name != entry.gr_name) return false;
    gid = entry.gr_gid;
    return true;
  });
  if (error != 0) return std::unexpected(errno_error("read", groups_file, error));
  return gid;
}

Result<std::vector<std::uint32_t>> groups_of(const User& user) {
  std::vector<std::uint32_t> gids{user.gid};
  int error = each_entry<::group>(groups_file, ::fgetgrent_r, [&](const ::group& entry) {
    for (char** member = entry.gr_mem; *member != nullptr; ++member) {
      if (user.name == *member && std::ranges::find(gids, entry.gr_gid) == gids.end()) gids.push_back(entry.gr_gid);
    }
    return gids.size() > max_groups;
  });
  if (error == 0 && gids.size() > max_groups) error = ERANGE;
  if (error != 0) return std::unexpected(errno_error("read", groups_file, error));
  return gids;
}

}  // namespace supd::config::accounts

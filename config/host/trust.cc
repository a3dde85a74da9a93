#include "config/host/trust.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace supd::config {
namespace {

constexpr std::string_view trust_operation = "trust";

std::string mode_text(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
  return text.data();
}

Error refusal(const std::string& path, std::string why) {
  return {std::string(trust_operation), path, 0, std::move(why)};
}

}  // namespace

std::optional<Error> distrust(const std::string& path, const struct stat& info) {
  const char* what = S_ISDIR(info.st_mode) ? "directory" : "file";
  if (info.st_uid != 0) {
    return refusal(path, "supd runs as root, and user " + std::to_string(info.st_uid) + " owns this " + what);
  }
  bool sticky = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
  bool by_others = (info.st_mode & S_IWOTH) != 0;
  bool by_group = (info.st_mode & S_IWGRP) != 0 && info.st_gid != 0;
  if (sticky || (!by_others && !by_group)) return std::nullopt;
  std::string who = by_others ? "everybody" : "group " + std::to_string(info.st_gid);
  return refusal(
      path, "supd runs as root, and " + who + " may write this " + what + " (mode " + mode_text(info.st_mode) + ")");
}

std::optional<Error> distrust(const std::string& path, const struct stat& info, Trust trust) {
  if (trust == Trust::all || ::geteuid() != 0) return std::nullopt;
  return distrust(path, info);
}

std::string read_hint(const Error& error) {
  if (error.operation == trust_operation) {
    return "chown root:root '" + error.object + "' && chmod go-w '" + error.object +
           "', or start supd with --trust-config";
  }
  switch (error.code) {
    case EACCES:
    case EPERM: return "make it readable for supd's user";
    default: return "make it a readable text file of at most 1 MiB";
  }
}

}  // namespace supd::config

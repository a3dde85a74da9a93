// SPDX-License-Identifier: GPL-2.0-only
#include "kmsg.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "daemon/io/kernel/trial.hpp"

namespace conformance {
namespace {

constexpr std::array<std::string_view, 14> complaints{"WARNING:",
                                                      "BUG:",
                                                      "KASAN",
                                                      "KFENCE:",
                                                      "UBSAN:",
                                                      "Oops",
                                                      "hung task",
                                                      "blocked for",
                                                      "refcount_t",
                                                      "list_add corruption",
                                                      "list_del corruption",
                                                      "general protection fault",
                                                      "possible circular locking",
                                                      "possible recursive locking"};

/// A record of /dev/kmsg is "priority,sequence,time,flags;text", with more lines behind it.
std::string_view text_of(std::string_view line) {
  const std::size_t semicolon = line.find(';');
  const bool record = !line.empty() && line[0] >= '0' && line[0] <= '9' && semicolon != line.npos;
  return record ? line.substr(semicolon + 1) : line;
}

}  // namespace

bool is_complaint(std::string_view line) {
  return std::ranges::any_of(complaints, [&](std::string_view word) { return line.find(word) != line.npos; });
}

KernelLog::KernelLog(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  if (!fd_.valid() || ::lseek(fd_.get(), 0, SEEK_END) < 0) {
    error_ = "the kernel log " + path + " can't be read: " + supd::kernel::text_of_errno(errno);
    fd_ = supd::kernel::Fd();
  }
}

/// Each read(2) of /dev/kmsg gives one record; EPIPE says that some were overwritten before we came.
std::string KernelLog::read_new() {
  std::string text;
  std::array<char, 8192> record{};
  while (true) {
    const ssize_t size = ::read(fd_.get(), record.data(), record.size());
    if (size > 0) {
      text.append(record.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || (errno != EPIPE && errno != EINTR)) {
      return text;
    }
  }
}

std::string KernelLog::complaint() {
  if (!fd_.valid()) return {};
  const std::string text = read_new();
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = text_of(rest.substr(0, end));
    if (is_complaint(line)) return std::string(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace conformance

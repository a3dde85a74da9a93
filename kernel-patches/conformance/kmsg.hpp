// SPDX-License-Identifier: GPL-2.0-only
#pragma once

/// The kernel's log, watched for complaints.

#include <string>

#include "daemon/io/kernel/fd.hpp"

namespace conformance {

/// Remembers where the log ends now. `path` is /dev/kmsg or, for tests, a file that grows.
class KernelLog {
 public:
  explicit KernelLog(const std::string& path);

  /// Why it can't be read, or "".
  const std::string& error() const { return error_; }

  /// The first line since the last call (or since the start) in which the kernel complains, or "".
  std::string complaint();

 private:
  std::string read_new();

  supd::kernel::Fd fd_;
  std::string error_;
};

/// True for lines such as "WARNING: CPU: 1 PID: ..." and "BUG: KASAN: ...".
bool is_complaint(std::string_view line);

}  // namespace conformance

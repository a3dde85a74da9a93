#pragma once

/// Opens what logs are written to: log files, and supd's own stdout and stderr.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::log {

struct OpenedLog {
  sys::UniqueFd fd;          ///< append only; non-blocking, for a FIFO
  bool torn = false;         ///< a regular file that does not end with a newline: its last record was cut off
  bool regular = false;      ///< a regular file under its own name and not under that of a symbolic link
  bool fresh = false;        ///< its directory was made just now: nothing else is in it
  std::uint64_t size = 0;    ///< bytes in it
  std::uint64_t place = 0;   ///< its file system, see io::Job::place(); 0: not known
  std::int64_t born_us = 0;  ///< wall time at which it was made; where that is not kept, of its last change
};

/// Opens or makes a log file (mode 0640) and the directories above it (mode 0755). A FIFO that nobody
/// reads is ENXIO, see fifo(7).
[[nodiscard]] Result<OpenedLog> open_log_file(const std::string& path);

/// What has become of an open file. Never asks a server, and never reads a disk but to find the name.
struct FileLook {
  bool named = true;   ///< its path still leads to it; true for what is no regular file
  bool linked = true;  ///< it has a name somewhere
  std::uint64_t size = 0;
};
[[nodiscard]] FileLook look_at(const std::string& path, sys::BorrowedFd fd);

/// Renames a file that `fd` has open, when `path` is its own name. EEXIST: `to` is taken; nothing is ever replaced.
[[nodiscard]] Result<void> rename_open_file(const std::string& path, sys::BorrowedFd fd, const std::string& to);

/// A copy of one of supd's own output fds, to write to without blocking and without making the fd of
/// others non-blocking: a pipe or terminal is opened anew through /proc where that can be done. Empty
/// when `fd` is not open.
[[nodiscard]] sys::UniqueFd open_outlet(int fd);

/// Writes what can be written without waiting; returns the number of bytes, 0 on any error.
std::size_t write_now(sys::BorrowedFd fd, std::string_view bytes);

/// Reads what is there, from an O_NONBLOCK fd; returns the number of bytes, 0 on end, error and nothing.
std::size_t read_now(sys::BorrowedFd fd, std::span<std::byte> into);

}  // namespace supd::log

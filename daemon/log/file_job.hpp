#pragma once

/// What is done with a log file beside writing: all that touches its name. A job owns the file while it is done.

#include <cstdint>
#include <optional>
#include <utility>

#include "daemon/io/loop.hpp"
#include "daemon/log/log_file.hpp"

namespace supd::log {

struct FileJob final : io::Job {
  enum class Task : std::uint8_t {
    open,    ///< anew, whatever is open
    look,    ///< whether others did something to the file; begins a new one where it lost its name
    rotate,  ///< after such a look, which may find that there is nothing to rotate any more
    close,
  };
  FileJob(LogFile its, Task what, const LogFile::Now& at) : file(std::move(its)), task(what), now(at) {}

  void run() noexcept override;
  [[nodiscard]] std::uint64_t place() const noexcept override { return file.place(); }

  LogFile file;
  Task task;
  LogFile::Now now;
  bool anew = false;           ///< look: begin a new one in any case
  bool keep = false;           ///< look: not another one while this one can be read, as a record is half in it
  std::int64_t rotate_us = 0;  ///< rotate: for the closed file's name
  // What came of it:
  std::optional<Error> error{};
  bool taken_up = false;  ///< another file than before is open
  std::optional<std::int64_t> rotated_us{};

 private:
  void open();
  [[nodiscard]] bool look();
  void rotate();
};

}  // namespace supd::log

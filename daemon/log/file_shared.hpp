#pragma once

/// What log files share, and whom they tell.

#include <cstdint>
#include <string>

#include "daemon/io/loop.hpp"
#include "daemon/log/buffer_pool.hpp"
#include "daemon/log/compressor.hpp"
#include "daemon/log/disk.hpp"
#include "daemon/log/format/stamp.hpp"
#include "daemon/log/sweeper.hpp"
#include "units/base/error.hpp"

namespace supd::log {

class FileSink;

struct Drops {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  ///< as they would have stood in the file

  Drops& operator+=(const Drops& more) {
    records += more.records;
    bytes += more.bytes;
    return *this;
  }
};

/// What a sink has taken and not passed on yet.
struct Lag {
  std::size_t bytes = 0;
  Duration age{};  ///< of the oldest of them
};

struct FileEvents : CompressorEvents {
  /// The file can't be written; told once, until it works again.
  virtual void on_file_failed(const std::string& path, const Error& error) = 0;
  virtual void on_file_resumed(const std::string& path) = 0;
  /// The file can't be rotated, so it grows on; told once, until it works again.
  virtual void on_rotation_failed(const std::string& path, const Error& error) = 0;
  /// A sink that was retired has nothing left to do; it may be destroyed in the call.
  virtual void on_file_done(FileSink& sink) = 0;

 protected:
  ~FileEvents() = default;
};

/// What all log files share. Outlives them.
struct FileShared {
  io::Loop& loop;
  FileEvents& events;
  std::int64_t (*clock_us)() = wall_clock_us;
  Stamper stamper{};
  BufferPool buffers{loop};
  Disks disks{loop};
  std::string scratch{};  ///< one record
  Compressor compressor{loop, events};
  Sweeper sweeper{loop, clock_us, compressor};
};

}  // namespace supd::log

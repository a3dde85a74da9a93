#pragma once

/// One look through a directory for closed files of one log, which are held to its rules. Only regular files that bear
/// the names of rotated_name.hpp are touched, and only in the very directory of the file that is written.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/io/loop.hpp"
#include "daemon/log/rotation.hpp"
#include "daemon/sys/directory.hpp"
#include "units/log_spec.hpp"

namespace supd::log {

struct SweepJob final : io::Job {
  static constexpr std::size_t max_files = 16 * 1024;  ///< that are looked at; more wait for the next sweep
  /// For so long nothing begins to be compressed that was not when the job was made: see Compressor::settle_time.
  static constexpr Duration list_is_good = 1s;

  SweepJob();
  void run() noexcept override;
  [[nodiscard]] std::uint64_t place() const noexcept override { return where; }

  std::string directory, base;
  RotationSpec rules;
  std::uint64_t where = 0;              ///< place()
  std::int64_t now_us = 0;              ///< wall clock
  std::vector<std::string> compressed;  ///< paths of files that are being compressed, or soon will be
  // What came of it:
  std::int64_t newest_us = INT64_MIN;      ///< in a name that was there; INT64_MIN: there was none
  std::int64_t oldest_us = INT64_MAX;      ///< in a name that stays; INT64_MAX: there is none
  std::vector<std::string> to_compress{};  ///< paths, oldest first
  std::uint64_t removed = 0, failed = 0;

 private:
  [[nodiscard]] std::vector<RotatedFile> list(sys::Directory& in);
  void judge(const std::vector<RotatedFile>& files);
  [[nodiscard]] bool is_left_over(const RotatedName& name) const;
  void remove_all(const sys::Directory& in);
  [[nodiscard]] std::string path_of(const RotatedName& name) const;

  Instant made_;
  std::vector<RotatedName> doomed_;  ///< newest first
};

}  // namespace supd::log

#pragma once

/// The bytes of a log file, front to back, whatever form it is stored in. Memory is bounded by what the form
/// needs, not by the file.

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"
#include "units/log_spec.hpp"

namespace supd::ctl::logs {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// How many bytes were put into `into`; 0 at the end. A plain file may have grown at the next call.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> into) = 0;
};

/// `fd` is borrowed, and its own offset is used for compressed files only. `path` is for errors. ELIBACC: this
/// supctl was built without the library for it.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> make_source(sys::BorrowedFd fd, Compression compression,
                                                              std::string path, std::uint64_t offset = 0);

/// Of make_source(), each in the file of its library.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> make_gzip_source(sys::BorrowedFd fd, std::string path);
[[nodiscard]] Result<std::unique_ptr<ByteSource>> make_zstd_source(sys::BorrowedFd fd, std::string path);

/// What both say of a file whose rest can't be made out.
[[nodiscard]] Error damaged_file(const std::string& path);

/// read(2), past signals.
[[nodiscard]] Result<std::size_t> read_fd(sys::BorrowedFd fd, std::span<char> into, const std::string& path);

}  // namespace supd::ctl::logs

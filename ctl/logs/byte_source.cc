#include "ctl/logs/byte_source.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace supd::ctl::logs {
namespace {

class PlainSource final : public ByteSource {
 public:
  PlainSource(sys::BorrowedFd fd, std::string path, std::uint64_t offset)
      : fd_(fd), path_(std::move(path)), offset_(offset) {}

  Result<std::size_t> read(std::span<char> into) override {
    while (true) {
      ssize_t count = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset_));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed("read", path_);
      offset_ += static_cast<std::uint64_t>(count);
      return static_cast<std::size_t>(count);
    }
  }

 private:
  sys::BorrowedFd fd_;
  std::string path_;
  std::uint64_t offset_;
};

/// A compressed file has no way in but its start.
Result<void> skip(ByteSource& source, std::uint64_t bytes) {
  std::array<char, 32UL * 1024> lost;
  while (bytes != 0) {
    auto count = source.read(std::span(lost).first(std::min<std::uint64_t>(bytes, lost.size())));
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
    bytes -= *count;
  }
  return {};
}

}  // namespace

Error damaged_file(const std::string& path) {
  return {"read", path, 0, "it is damaged or cut off; what was before is shown"};
}

Result<std::size_t> read_fd(sys::BorrowedFd fd, std::span<char> into, const std::string& path) {
  while (true) {
    ssize_t count = ::read(fd.get(), into.data(), into.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path);
    return static_cast<std::size_t>(count);
  }
}

Result<std::unique_ptr<ByteSource>> make_source(sys::BorrowedFd fd, Compression compression, std::string path,
                                                std::uint64_t offset) {
  if (compression == Compression::none) return std::make_unique<PlainSource>(fd, std::move(path), offset);
  auto source =
      compression == Compression::gzip ? make_gzip_source(fd, std::move(path)) : make_zstd_source(fd, std::move(path));
  if (!source) return source;
  if (auto skipped = skip(**source, offset); !skipped) return std::unexpected(skipped.error());
  return source;
}

}  // namespace supd::ctl::logs

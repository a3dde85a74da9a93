/// make_gzip_source(): RFC 1952, of any number of members.

#include <cerrno>
#include <utility>

#include "ctl/logs/byte_source.hpp"

#if SUPCTL_HAS_GZIP
#include <zlib.h>

#include <array>
#endif

namespace supd::ctl::logs {

#if SUPCTL_HAS_GZIP
namespace {

class GzipSource final : public ByteSource {
 public:
  GzipSource(sys::BorrowedFd fd, std::string path) : fd_(fd), path_(std::move(path)) {
    usable_ = ::inflateInit2(&stream_, window_of_a_gzip_file) == Z_OK;
  }
  ~GzipSource() override { ::inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Result<std::size_t> read(std::span<char> into) override {
    if (!usable_) return damaged();
    stream_.next_out = static_cast<Bytef*>(static_cast<void*>(into.data()));
    stream_.avail_out = static_cast<uInt>(into.size());
    while (stream_.avail_out == into.size()) {
      if (stream_.avail_in == 0) {
        auto more = read_fd(fd_, input_, path_);
        if (!more) return more;
        if (*more == 0) return between_ ? Result<std::size_t>(0) : damaged();
        stream_.next_in = static_cast<Bytef*>(static_cast<void*>(input_.data()));
        stream_.avail_in = static_cast<uInt>(*more);
      }
      int state = ::inflate(&stream_, Z_NO_FLUSH);
      between_ = state == Z_STREAM_END;
      if (between_) {
        ::inflateReset(&stream_);
      } else if (state != Z_OK && state != Z_BUF_ERROR) {
        usable_ = false;  // what came out before is good
        if (stream_.avail_out == into.size()) return damaged();
      }
    }
    return into.size() - stream_.avail_out;
  }

 private:
  static constexpr int window_of_a_gzip_file = 15 + 16;
  Result<std::size_t> damaged() {
    usable_ = false;
    return std::unexpected(damaged_file(path_));
  }

  sys::BorrowedFd fd_;
  std::string path_;
  z_stream stream_{};
  std::array<char, 32UL * 1024> input_;
  bool usable_ = false;
  bool between_ = true;  ///< members; an empty file has none
};

}  // namespace

Result<std::unique_ptr<ByteSource>> make_gzip_source(sys::BorrowedFd fd, std::string path) {
  return std::make_unique<GzipSource>(fd, std::move(path));
}
#else
Result<std::unique_ptr<ByteSource>> make_gzip_source(sys::BorrowedFd, std::string path) {
  return std::unexpected(Error{"read", path, ELIBACC, "this supctl was built without zlib: read it with zcat"});
}
#endif

}  // namespace supd::ctl::logs

/// make_zstd_source(): RFC 8878, of any number of frames.

#include <cerrno>
#include <utility>

#include "ctl/logs/byte_source.hpp"

#if SUPCTL_HAS_ZSTD
#include <zstd.h>

#include <array>
#endif

namespace supd::ctl::logs {

#if SUPCTL_HAS_ZSTD
namespace {

class ZstdSource final : public ByteSource {
 public:
  ZstdSource(sys::BorrowedFd fd, std::string path) : fd_(fd), path_(std::move(path)), stream_(::ZSTD_createDStream()) {}
  ~ZstdSource() override { ::ZSTD_freeDStream(stream_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  Result<std::size_t> read(std::span<char> into) override {
    if (stream_ == nullptr) return damaged();
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    while (out.pos == 0) {
      // A full output may have left bytes inside, so ask for them before reading on.
      if (have_.pos == have_.size && !inside_) {
        auto more = read_fd(fd_, input_, path_);
        if (!more) return more;
        if (*more == 0) return left_ == 0 ? Result<std::size_t>(0) : damaged();
        have_ = {input_.data(), *more, 0};
      }
      left_ = ::ZSTD_decompressStream(stream_, &out, &have_);
      if (::ZSTD_isError(left_) != 0) return damaged();
      inside_ = out.pos == out.size && left_ != 0;
    }
    return out.pos;
  }

 private:
  Result<std::size_t> damaged() {
    ::ZSTD_freeDStream(std::exchange(stream_, nullptr));
    return std::unexpected(damaged_file(path_));
  }

  sys::BorrowedFd fd_;
  std::string path_;
  ZSTD_DStream* stream_;
  std::array<char, 32UL * 1024> input_;
  ZSTD_inBuffer have_{nullptr, 0, 0};
  std::size_t left_ = 0;  ///< of the frame that is being read; 0: none is
  bool inside_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> make_zstd_source(sys::BorrowedFd fd, std::string path) {
  return std::make_unique<ZstdSource>(fd, std::move(path));
}
#else
Result<std::unique_ptr<ByteSource>> make_zstd_source(sys::BorrowedFd, std::string path) {
  return std::unexpected(Error{"read", path, ELIBACC, "this supctl was built without libzstd: read it with zstdcat"});
}
#endif

}  // namespace supd::ctl::logs

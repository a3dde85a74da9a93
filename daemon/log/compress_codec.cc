#include "daemon/log/compress_codec.hpp"

#if !SUPD_STATIC
#include <dlfcn.h>
#endif
#if SUPD_HAS_GZIP
#include <zlib.h>
#endif
#if SUPD_HAS_ZSTD
#include <zstd.h>
#endif

#include <array>
#include <cerrno>
#include <utility>

namespace supd::log {
namespace {

#if SUPD_STATIC
/// The libraries are inside.
class Library {
 public:
  explicit Library(const char*) {}
  template <class Function>
  static void get(Function*& function, const char*, Function* linked) {
    function = linked;
  }
  [[nodiscard]] static bool complete() { return true; }
};
#define SUPD_LIBRARY_FUNCTION(name) #name, &::name
#else
/// A library for the rest of this process's life. Handed out are its functions, with the types of its header.
class Library {
 public:
  explicit Library(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}
  template <class Function>
  void get(Function*& function, const char* name) {
    void* found = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
    function = reinterpret_cast<Function*>(found);
    complete_ = complete_ && found != nullptr;
  }
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  void* handle_;
  bool complete_ = true;
};
#define SUPD_LIBRARY_FUNCTION(name) #name
#endif

constexpr std::size_t piece = 64 * 1024;

#if SUPD_HAS_GZIP
class Gzip final : public CompressCodec {
 public:
  static constexpr int window_of_a_gzip_file = 15 + 16;
  static constexpr int memory_level = 8;

  bool load() {
    Library library("libz.so.1");
    library.get(init_, SUPD_LIBRARY_FUNCTION(deflateInit2_));
    library.get(deflate_, SUPD_LIBRARY_FUNCTION(deflate));
    library.get(end_, SUPD_LIBRARY_FUNCTION(deflateEnd));
    return library.complete() && init_(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_of_a_gzip_file, memory_level,
                                       Z_DEFAULT_STRATEGY, ZLIB_VERSION, static_cast<int>(sizeof stream_)) == Z_OK;
  }
  Gzip() = default;
  ~Gzip() override {
    if (end_ != nullptr) end_(&stream_);
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  bool feed(std::span<char> input, bool end, std::string& out) override {
    stream_.next_in = static_cast<Bytef*>(static_cast<void*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    while (true) {
      std::array<char, piece> room;
      stream_.next_out = static_cast<Bytef*>(static_cast<void*>(room.data()));
      stream_.avail_out = static_cast<uInt>(room.size());
      int state = deflate_(&stream_, end ? Z_FINISH : Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return false;
      out.append(room.data(), room.size() - stream_.avail_out);
      if (end ? state == Z_STREAM_END : stream_.avail_out != 0) return true;
    }
  }

 private:
  z_stream stream_{};
  decltype(&::deflateInit2_) init_ = nullptr;
  decltype(&::deflate) deflate_ = nullptr;
  decltype(&::deflateEnd) end_ = nullptr;
};
#endif

#if SUPD_HAS_ZSTD
class Zstd final : public CompressCodec {
 public:
  bool load() {
    Library library("libzstd.so.1");
    library.get(create_, SUPD_LIBRARY_FUNCTION(ZSTD_createCCtx));
    library.get(free_, SUPD_LIBRARY_FUNCTION(ZSTD_freeCCtx));
    library.get(set_, SUPD_LIBRARY_FUNCTION(ZSTD_CCtx_setParameter));
    library.get(compress_, SUPD_LIBRARY_FUNCTION(ZSTD_compressStream2));
    library.get(is_error_, SUPD_LIBRARY_FUNCTION(ZSTD_isError));
    if (!library.complete()) return false;
    context_ = create_();
    if (context_ != nullptr) set_(context_, ZSTD_c_checksumFlag, 1);
    return context_ != nullptr;
  }
  Zstd() = default;
  ~Zstd() override {
    if (context_ != nullptr) free_(context_);
  }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  bool feed(std::span<char> input, bool end, std::string& out) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    while (true) {
      std::array<char, piece> room;
      ZSTD_outBuffer to{room.data(), room.size(), 0};
      std::size_t left = compress_(context_, &to, &in, end ? ZSTD_e_end : ZSTD_e_continue);
      if (is_error_(left) != 0) return false;
      out.append(room.data(), to.pos);
      if (end ? left == 0 : in.pos == in.size) return true;
    }
  }

 private:
  ZSTD_CCtx* context_ = nullptr;
  decltype(&::ZSTD_createCCtx) create_ = nullptr;
  decltype(&::ZSTD_freeCCtx) free_ = nullptr;
  decltype(&::ZSTD_CCtx_setParameter) set_ = nullptr;
  decltype(&::ZSTD_compressStream2) compress_ = nullptr;
  decltype(&::ZSTD_isError) is_error_ = nullptr;
};
#endif

template <class Codec>
Result<std::unique_ptr<CompressCodec>> loaded(const char* name) {
  auto codec = std::make_unique<Codec>();
  if (!codec->load()) return std::unexpected(errno_error("load", name, ELIBACC));
  return codec;
}

}  // namespace

Result<std::unique_ptr<CompressCodec>> CompressCodec::make(Compression format) {
#if SUPD_HAS_GZIP
  if (format == Compression::gzip) return loaded<Gzip>("libz.so.1");
#endif
#if SUPD_HAS_ZSTD
  if (format == Compression::zstd) return loaded<Zstd>("libzstd.so.1");
#endif
  return std::unexpected(errno_error("compress", word(format), ELIBACC));
}

}  // namespace supd::log

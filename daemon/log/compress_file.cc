#include "daemon/log/compress_file.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <vector>

#include "daemon/log/compress_codec.hpp"
#include "daemon/log/format/rotated_name.hpp"
#include "daemon/sys/fd.hpp"

namespace supd::log {
namespace {

// ioprio_set(2). The newest <linux/ioprio.h> names a parameter `class`, which no C++ compiler takes.
constexpr int ioprio_who_process = 1;
constexpr int ioprio_idle = 3 << 13;  ///< the class above the level

constexpr std::size_t read_bytes = 256 * 1024;

/// The copy while it is made; gone again unless it was given its name.
class Copy {
 public:
  explicit Copy(std::string path) : path_(std::move(path)) {}
  ~Copy() {
    if (fd_.valid()) ::unlink(path_.c_str());
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  Result<void> make(const struct stat& like) {
    ::unlink(path_.c_str());  // of a child that was killed
    fd_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd_.valid()) return failed("open", path_);
    // The owner first: a change of owner takes bits of the mode away. Without the right to give it away it is ours.
    static_cast<void>(::fchown(fd_.get(), like.st_uid, like.st_gid) == 0);
    if (::fchmod(fd_.get(), like.st_mode & 0777) != 0) return failed("chmod", path_);
    return {};
  }
  Result<void> write(std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      ssize_t count = ::write(fd_.get(), bytes.data() + at, bytes.size() - at);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return failed("write", path_);
      at += static_cast<std::size_t>(count);
    }
    bytes.clear();
    return {};
  }
  Result<void> finish(const struct stat& like, const std::string& name) {
    const std::array<timespec, 2> times{like.st_atim, like.st_mtim};
    static_cast<void>(::futimens(fd_.get(), times.data()));
    if (::fsync(fd_.get()) != 0) return failed("fsync", path_);
    if (::rename(path_.c_str(), name.c_str()) != 0) return failed("rename", path_);
    fd_.reset();
    return {};
  }

 private:
  std::string path_;
  sys::UniqueFd fd_;
};

Result<void> copy_all(int from, CompressCodec& codec, Copy& copy, const std::string& path) {
  std::vector<char> buffer(read_bytes);
  std::string out;
  for (bool end = false; !end;) {
    ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path);
    end = count == 0;
    if (!codec.feed(std::span(buffer).first(static_cast<std::size_t>(count)), end, out)) {
      return std::unexpected(errno_error("compress", path, EIO));
    }
    if (auto written = copy.write(out); !written) return written;
  }
  return {};
}

/// The new name is on the disk before the old one goes.
Result<void> sync_directory(const std::string& path) {
  std::string directory = path.substr(0, path.rfind('/') + 1);
  sys::UniqueFd fd(::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return failed("open", directory);
  // Some file systems can't; then there is nothing to wait for.
  if (::fsync(fd.get()) != 0 && errno != EINVAL) return failed("fsync", directory);
  return {};
}

void be_last() {
  ::setpriority(PRIO_PROCESS, 0, 19);
  ::syscall(SYS_ioprio_set, ioprio_who_process, 0, ioprio_idle);
}

}  // namespace

Result<void> compress_file(Compression format, const std::string& path) {
  sys::UniqueFd from(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!from.valid()) return failed("open", path);
  struct stat is {};
  if (::fstat(from.get(), &is) != 0) return failed("stat", path);
  if (!S_ISREG(is.st_mode)) return std::unexpected(errno_error("compress", path, EINVAL));
  auto codec = CompressCodec::make(format);
  if (!codec) return std::unexpected(codec.error());
  std::string name = path + std::string(suffix(format));
  Copy copy(name + ".tmp");
  if (auto made = copy.make(is); !made) return made;
  if (auto copied = copy_all(from.get(), **codec, copy, path); !copied) return copied;
  if (auto finished = copy.finish(is, name); !finished) return finished;
  if (auto synced = sync_directory(path); !synced) return synced;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("unlink", path);
  return {};
}

int compress_child(const std::string& task, const std::string& path) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  be_last();
  for (Compression each : {Compression::gzip, Compression::zstd}) {
    if (task != word(each)) continue;
    auto done = compress_file(each, path);
    if (done) return 0;
    std::fprintf(stderr, "supd: %s\n", done.error().text().c_str());
    return done.error().code;
  }
  return EINVAL;
}

}  // namespace supd::log

#include "daemon/control/socket_claim.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "daemon/control/unix_socket.hpp"
#include "daemon/sys/peer_cred.hpp"

namespace supd::control {
namespace {

std::string lock_path(const std::string& path) { return path + ".lock"; }

std::string parent_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  std::size_t last = path.find_last_not_of('/', slash);
  return last == std::string::npos ? "" : path.substr(0, last + 1);
}

/// What is there stays as it is. Images that hold nothing but a program have not even a /run.
Result<void> make_directories(const std::string& path) {
  mode_t mode = ::geteuid() == 0 ? 0755 : 0700;
  if (path.empty()) return {};
  int done = ::mkdir(path.c_str(), mode);
  if (done != 0 && errno == ENOENT && path.find('/') != std::string::npos) {
    if (auto above = make_directories(parent_of(path)); !above) return above;
    done = ::mkdir(path.c_str(), mode);
  }
  if (done == 0) {
    if (::chmod(path.c_str(), mode) != 0) return failed("chmod", path);  // the umask may have taken bits
    return {};
  }
  auto not_made = failed("mkdir", path);
  struct stat there {};
  if (::stat(path.c_str(), &there) == 0) return {};
  return not_made;
}

/// The process that wrote itself into the lock file; 0: unknown.
pid_t pid_in(sys::BorrowedFd lock) {
  std::array<char, 16> text{};
  ssize_t length = ::pread(lock.get(), text.data(), text.size(), 0);
  pid_t pid = 0;
  if (length > 0) std::from_chars(text.data(), text.data() + length, pid);
  return pid;
}

std::unexpected<Error> held(const std::string& path, pid_t pid) {
  std::string who = pid > 0 ? "another supd (pid " + std::to_string(pid) + ")" : "another supd";
  return std::unexpected(Error{{}, {}, 0, who + " holds " + path});
}

bool same_file(sys::BorrowedFd fd, const std::string& path) {
  struct stat open_one {
  }, named{};
  return ::fstat(fd.get(), &open_one) == 0 && ::stat(path.c_str(), &named) == 0 && open_one.st_ino == named.st_ino &&
         open_one.st_dev == named.st_dev;
}

Result<sys::UniqueFd> lock_once(const std::string& path) {
  std::string file = lock_path(path);
  sys::UniqueFd lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (!lock.valid()) return failed("open", file);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return held(path, pid_in(lock.borrow()));
  return failed("flock", file);
}

/// A daemon that ends removes its lock file: who opened it just before holds a file without a name, and
/// tries again.
Result<sys::UniqueFd> take_lock(const std::string& path) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    auto lock = lock_once(path);
    if (!lock || same_file(lock->borrow(), lock_path(path))) return lock;
  }
  return std::unexpected(Error{"lock", lock_path(path), 0, "it is removed again and again"});
}

void write_pid(sys::BorrowedFd lock) {
  std::string text = std::to_string(::getpid()) + "\n";
  // Only for messages: that it can't be written is no reason not to run.
  if (::ftruncate(lock.get(), 0) != 0) return;
  [[maybe_unused]] ssize_t written = ::pwrite(lock.get(), text.data(), text.size(), 0);
}

/// Somebody listens at `path` although we hold the lock: the lock file was removed under a live supd.
std::unexpected<Error> answered(const std::string& path, sys::BorrowedFd connection) {
  auto cred = sys::peer_cred(connection);
  return held(path, cred ? cred->pid : 0);
}

/// Removes a socket file that nobody answers at. Anything else at `path` is an error.
Result<void> remove_stale(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) {
    if (errno == ENOENT) return {};
    return failed("lstat", path);
  }
  if (!S_ISSOCK(there.st_mode))
    return std::unexpected(Error{"listen", path, 0, "something that is no socket is there"});
  auto connection = connect_unix(path);
  if (connection) return answered(path, connection->borrow());
  int error = connection.error().code;
  if (error == ENOENT) return {};
  if (error == EAGAIN) return held(path, 0);
  if (error != ECONNREFUSED) return std::unexpected(connection.error());
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("unlink", path);
  return {};
}

}  // namespace

SocketClaim& SocketClaim::operator=(SocketClaim&& other) noexcept {
  if (this == &other) return *this;
  static_cast<void>(give_up());
  path_ = std::exchange(other.path_, {});
  lock_ = std::move(other.lock_);
  socket_ = std::move(other.socket_);
  device_ = other.device_;
  inode_ = other.inode_;
  ours_ = other.ours_;
  return *this;
}

Result<SocketClaim> SocketClaim::take(const std::string& path, mode_t mode) {
  if (auto made = make_directories(parent_of(path)); !made) return std::unexpected(made.error());
  auto lock = take_lock(path);
  if (!lock) return std::unexpected(lock.error());
  SocketClaim claim;
  claim.path_ = path;
  claim.lock_ = std::move(*lock);
  if (auto free = remove_stale(path); !free) return std::unexpected(free.error());
  auto socket = listen_unix(path, mode);
  if (!socket) return std::unexpected(socket.error());
  claim.socket_ = std::move(*socket);
  write_pid(claim.lock_.borrow());
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) return failed("lstat", path);
  claim.device_ = file.st_dev;
  claim.inode_ = file.st_ino;
  return claim;
}

/// Without a lock beside it, in a directory where we may not write, there can be no other supd of ours either.
Result<SocketClaim> SocketClaim::adopt(sys::UniqueFd socket, bool ours) {
  auto path = listening_path(socket.borrow());
  if (!path) return std::unexpected(path.error());
  SocketClaim claim;
  claim.path_ = std::move(*path);
  claim.ours_ = ours;
  auto lock = take_lock(claim.path_);
  if (!lock && lock.error().code == 0) return std::unexpected(lock.error());
  if (lock) claim.lock_ = std::move(*lock);
  struct stat file {};
  if (::lstat(claim.path_.c_str(), &file) != 0) return failed("lstat", claim.path_);
  claim.device_ = file.st_dev;
  claim.inode_ = file.st_ino;
  claim.socket_ = std::move(socket);
  if (claim.lock_.valid()) write_pid(claim.lock_.borrow());
  return claim;
}

void SocketClaim::set_mode(mode_t mode) const {
  // Without the right mode roles decide all the same: nobody gets more than they may.
  if (socket_.valid() && ours_) static_cast<void>(::chmod(path_.c_str(), mode));
}

sys::UniqueFd SocketClaim::give_up() {
  if (!lock_.valid()) return std::move(socket_);
  struct stat file {};
  bool ours = ::lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_;
  if (socket_.valid() && ours && ours_) ::unlink(path_.c_str());
  // The lock is the last to go: until then nobody else may touch the path.
  if (same_file(lock_.borrow(), lock_path(path_))) ::unlink(lock_path(path_).c_str());
  lock_.reset();
  return std::move(socket_);
}

}  // namespace supd::control

#include "daemon/machine/early.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/api_mounts.hpp"
#include "daemon/sys/machine.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::machine {
namespace {

constexpr const char* console = "/dev/console";

void tell(const Result<void>& done) {
  if (!done) log::warn(done.error().text() + ", going on");
}

bool is_proc(const sys::NewMount& mount) { return std::string_view(mount.path) == "/proc"; }

/// Before /proc is there nothing is known of the others. It may stay unknown, where something hides it.
void mount_missing() {
  auto missing = missing_mounts(sys::mount_points());
  if (!missing.empty() && is_proc(missing.front())) {
    auto done = sys::mount_new(missing.front());
    tell(done);
    if (!done) return;
    missing = missing_mounts(sys::mount_points());
  }
  for (const sys::NewMount& mount : missing) {
    if (!is_proc(mount)) tell(sys::mount_new(mount));
  }
}

/// True: those lead to the console now.
bool take_console(const std::vector<int>& missing) {
  int fd = ::open(console, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return false;
  ::fcntl(fd, F_SETFL, O_RDWR);
  for (int each : missing) ::dup2(fd, each);
  ::close(fd);
  return true;
}

/// The first word of /etc/hostname that is no comment.
void name_machine() {
  auto text = sys::read_small_file(sys::working_directory, "/etc/hostname", 4096);
  if (!text) return;
  std::string_view rest(*text);
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    if (!line.empty() && line.front() != '#') return tell(sys::set_hostname(std::string(line)));
  }
}

}  // namespace

std::vector<int> missing_stdio() {
  std::vector<int> missing;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) missing.push_back(fd);
  }
  return missing;
}

void set_up_machine(const std::vector<int>& missing) {
  // Before and after /dev is mounted: one hears of mounts that fail, the other is there in an initramfs without
  // devices.
  bool heard = missing.empty() || take_console(missing);
  mount_missing();
  if (!heard) take_console(missing);
  name_machine();
  tell(sys::bring_loopback_up());
  // In a pid namespace it is not ours.
  auto taken = sys::take_ctrl_alt_del();
  if (!taken && taken.error().code != EINVAL) tell(taken);
}

}  // namespace supd::machine

#include "daemon/sys/machine.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "daemon/sys/fd.hpp"

namespace supd::sys {
namespace {

constexpr pid_t first_process = 1;

/// The kernel's number for the first pid namespace, the same on every machine (include/linux/proc_ns.h).
constexpr std::string_view first_pid_namespace = "pid:[4026531836]";

}  // namespace

Result<void> set_hostname(const std::string& name) {
  if (::sethostname(name.c_str(), name.size()) != 0) return failed("sethostname", name);
  return {};
}

Result<void> bring_loopback_up() {
  UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return failed("socket", "lo");
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof "lo");
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return failed("look at", "lo");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return failed("bring up", "lo");
  return {};
}

Result<void> take_ctrl_alt_del() {
  if (::reboot(RB_DISABLE_CAD) != 0) return failed("reboot", "RB_DISABLE_CAD");
  return {};
}

Result<void> end_machine(MachineEnd end) {
  if (::getpid() != first_process) return std::unexpected(errno_error("reboot", "as no PID 1", EPERM));
  return end_machine_by_force(end);
}

Result<void> end_machine_by_force(MachineEnd end) {
  int how = end == MachineEnd::reboot ? RB_AUTOBOOT : end == MachineEnd::halt ? RB_HALT_SYSTEM : RB_POWER_OFF;
  ::reboot(how);
  return failed("reboot");
}

bool is_whole_machine() {
  if (::getpid() != first_process || ::reboot(RB_DISABLE_CAD) != 0) return false;
  // Where there is no /proc, the kernel's answer has to do.
  std::array<char, 64> link{};
  ssize_t length = ::readlink("/proc/self/ns/pid", link.data(), link.size());
  return length <= 0 || std::string_view(link.data(), static_cast<std::size_t>(length)) == first_pid_namespace;
}

bool signal_all(int signal) { return ::getpid() == first_process && ::kill(-1, signal) == 0; }

}  // namespace supd::sys

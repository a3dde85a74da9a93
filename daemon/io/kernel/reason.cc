/// Words for why something is not there.

#include <cerrno>
#include <cstring>
#include <fstream>

#include "daemon/io/kernel/trial.hpp"

namespace supd::kernel {

std::string text_of_errno(int code) {
  const char* name = ::strerrorname_np(code);
  if (name == nullptr) return std::to_string(code);
  const char* text = ::strerrordesc_np(code);
  return std::string(name) + " (" + (text == nullptr ? "?" : text) + ")";
}

std::string why_no_ring(int code) {
  std::string why = "io_uring_setup: " + text_of_errno(code);
  std::ifstream sysctl("/proc/sys/kernel/io_uring_disabled");
  std::string value;
  if (std::getline(sysctl, value) && !value.empty()) why += ", kernel.io_uring_disabled is " + value;
  return why;
}

}  // namespace supd::kernel

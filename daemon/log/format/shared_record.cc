#include "daemon/log/format/shared_record.hpp"

#include <cstring>

namespace supd::log {

void Datagrams::begin() {
  head_ = bytes_.size();
  bytes_.append(head_size, '\0');
}

void Datagrams::end() {
  auto size = static_cast<std::uint32_t>(bytes_.size() - head_ - head_size);
  std::memcpy(bytes_.data() + head_, &size, head_size);
}

std::string_view Datagrams::front(std::string_view bytes) {
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data(), head_size);
  return bytes.substr(head_size, size);
}

}  // namespace supd::log

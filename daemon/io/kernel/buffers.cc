#include "daemon/io/kernel/buffers.hpp"

#include <sys/mman.h>

#include <cerrno>

namespace supd::kernel {

Buffers::Buffers(Ring& ring, std::uint16_t group, unsigned count, std::size_t bytes_each)
    : ring_(ring), group_(group), count_(count), bytes_each_(bytes_each) {
  mapped_bytes_ = count_ * sizeof(io_uring_buf) + count_ * bytes_each_;
  void* memory = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    error_ = errno;
    return;
  }
  memory_ = static_cast<std::byte*>(memory);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
  registration.ring_entries = count_;
  registration.bgid = group_;
  error_ = -io_uring_register_buf_ring(ring_.raw(), &registration, 0);
  if (error_ == 0) entries_ = static_cast<io_uring_buf_ring*>(memory);
}

Buffers::~Buffers() {
  if (entries_ != nullptr && ring_.error() == 0) io_uring_unregister_buf_ring(ring_.raw(), group_);
  if (memory_ != nullptr) ::munmap(memory_, mapped_bytes_);
}

void Buffers::give(std::uint16_t id, std::size_t bytes) {
  if (entries_ == nullptr) return;
  std::byte* buffer = memory_ + count_ * sizeof(io_uring_buf) + id * bytes_each_;
  io_uring_buf_ring_add(entries_, buffer, static_cast<unsigned>(bytes), id, io_uring_buf_ring_mask(count_), 0);
  io_uring_buf_ring_advance(entries_, 1);
}

void Buffers::give_all() {
  for (unsigned id = 0; id < count_; ++id) give(static_cast<std::uint16_t>(id));
}

std::string_view Buffers::bytes(std::uint16_t id, std::size_t count) const {
  if (entries_ == nullptr || id >= count_ || count > bytes_each_) return {};
  return {reinterpret_cast<const char*>(memory_ + count_ * sizeof(io_uring_buf) + id * bytes_each_), count};
}

}  // namespace supd::kernel

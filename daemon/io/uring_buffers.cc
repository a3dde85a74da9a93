#include "daemon/io/uring_buffers.hpp"

#include <sys/mman.h>

#include "units/base/assert.hpp"

namespace supd::io::uring {
namespace {

void* map_memory(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  ::madvise(memory, bytes, MADV_DONTFORK);
  return memory;
}

}  // namespace

Result<std::unique_ptr<Buffers>> Buffers::open(Ring& ring, const Options& options) {
  std::unique_ptr<Buffers> buffers(new Buffers(ring));
  if (auto mapped = buffers->map(options); !mapped) return std::unexpected(mapped.error());
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(buffers->entries_);
  registration.ring_entries = options.buffer_count;
  registration.bgid = group;
  const int rc = io_uring_register_buf_ring(ring.raw(), &registration, 0);
  if (rc < 0) return std::unexpected(errno_error("io_uring_register", "buffer ring", -rc));
  buffers->registered_ = true;
  io_uring_buf_ring_init(buffers->entries_);
  for (unsigned id = 0; id < options.buffer_count; ++id) buffers->give_back(static_cast<std::uint16_t>(id));
  return buffers;
}

Result<void> Buffers::map(const Options& options) {
  SUPD_ASSERT(options.buffer_count > 0 && (options.buffer_count & (options.buffer_count - 1)) == 0);
  count_ = options.buffer_count;
  bytes_each_ = options.buffer_bytes;
  entries_ = static_cast<io_uring_buf_ring*>(map_memory(count_ * sizeof(io_uring_buf)));
  memory_ = static_cast<std::byte*>(map_memory(count_ * bytes_each_));
  if (entries_ == nullptr || memory_ == nullptr) return failed("mmap", "read buffers");
  return {};
}

Buffers::~Buffers() {
  if (registered_) io_uring_unregister_buf_ring(ring_.raw(), group);
  if (memory_ != nullptr) ::munmap(memory_, count_ * bytes_each_);
  if (entries_ != nullptr) ::munmap(entries_, count_ * sizeof(io_uring_buf));
}

void Buffers::give_back(std::uint16_t id) {
  io_uring_buf_ring_add(entries_, at(id).data(), static_cast<unsigned>(bytes_each_), id, io_uring_buf_ring_mask(count_),
                        0);
  io_uring_buf_ring_advance(entries_, 1);
  ++home_;
  SUPD_ASSERT(home_ <= count_);
}

}  // namespace supd::io::uring

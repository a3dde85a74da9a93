#include "daemon/sys/memory.hpp"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace supd::sys {
namespace {

/// Headers, relocations, code and constants of the first object, which is the program itself, are only ever read.
int give_back_constants(dl_phdr_info* object, std::size_t, void*) {
  auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& part = object->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
    std::uintptr_t begin = (object->dlpi_addr + part.p_vaddr + page - 1) / page * page;
    std::uintptr_t end = (object->dlpi_addr + part.p_vaddr + part.p_memsz) / page * page;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 1;  // the others are shared with everybody
}

}  // namespace

void keep_free_memory() {
  constexpr int kept_bytes = 64 * 1024 * 1024;
  // Smaller than any file's full buffer: those are mapped for themselves, and gone when they are freed.
  constexpr int mapped_bytes = 4 * 1024 * 1024;
  ::mallopt(M_TRIM_THRESHOLD, kept_bytes);
  ::mallopt(M_MMAP_THRESHOLD, mapped_bytes);
}

void give_back_free_memory() { ::malloc_trim(0); }

void give_back_unused() {
  give_back_free_memory();
  ::dl_iterate_phdr(give_back_constants, nullptr);
}

}  // namespace supd::sys

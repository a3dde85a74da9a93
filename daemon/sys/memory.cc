#include "daemon/sys/memory.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

// Of the linker: the first byte of the program, and the first one behind its code.
extern "C" const char __executable_start;  // NOLINT
extern "C" const char etext;

namespace supd::sys {

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
  auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(&__executable_start) + page - 1) / page * page;
  std::uintptr_t end = reinterpret_cast<std::uintptr_t>(&etext) / page * page;
  // Headers, relocations and code are only ever read.
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace supd::sys

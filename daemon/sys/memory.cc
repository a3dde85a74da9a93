#include "daemon/sys/memory.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

// Of the linker: the first byte of the program, and the first one behind its code.
extern "C" const char __executable_start;  // NOLINT
extern "C" const char etext;

namespace supd::sys {

void give_back_unused() {
  ::malloc_trim(0);
  auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(&__executable_start) + page - 1) / page * page;
  std::uintptr_t end = reinterpret_cast<std::uintptr_t>(&etext) / page * page;
  // Headers, relocations and code are only ever read.
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace supd::sys

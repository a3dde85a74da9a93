#include "daemon/sys/interpreter.hpp"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

// Runs in the child of a vfork: see spawn_child.cc for what that forbids.

namespace supd::sys {
namespace {

constexpr int deepest = 5;  // interpreters of interpreters that the kernel follows
constexpr int most_headers = 64;

template <class Value>
bool read_at(int fd, std::uint64_t offset, Value& value) {
  return ::pread(fd, &value, sizeof value, static_cast<off_t>(offset)) == static_cast<ssize_t>(sizeof value);
}

void take_script(const InterpreterName& head, InterpreterName& name) {
  const char* begin = head.data() + 2;
  const char* end = head.data() + head.size() - 1;
  while (begin < end && (*begin == ' ' || *begin == '\t')) ++begin;
  const char* stop = std::find_if(begin, end, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\0'; });
  std::copy(begin, stop, name.begin());
}

template <class FileHeader, class ProgramHeader>
void take_elf(int fd, InterpreterName& name) {
  FileHeader file{};
  if (!read_at(fd, 0, file)) return;
  for (int i = 0; i < std::min<int>(file.e_phnum, most_headers); ++i) {
    ProgramHeader part{};
    if (!read_at(fd, file.e_phoff + static_cast<std::uint64_t>(i) * file.e_phentsize, part)) return;
    if (part.p_type != PT_INTERP) continue;
    std::size_t length = std::min<std::size_t>(part.p_filesz, name.size() - 1);
    if (::pread(fd, name.data(), length, static_cast<off_t>(part.p_offset)) < 0) name[0] = '\0';
    return;
  }
}

/// "": it names none.
void interpreter_of(const char* path, InterpreterName& name) {
  name.fill('\0');
  int fd = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return;
  InterpreterName head{};
  ssize_t got = ::pread(fd, head.data(), head.size() - 1, 0);
  if (got > 2 && head[0] == '#' && head[1] == '!') {
    take_script(head, name);
  } else if (got > EI_CLASS && std::memcmp(head.data(), ELFMAG, SELFMAG) == 0) {
    bool wide = head[EI_CLASS] == ELFCLASS64;
    wide ? take_elf<Elf64_Ehdr, Elf64_Phdr>(fd, name) : take_elf<Elf32_Ehdr, Elf32_Phdr>(fd, name);
  }
  ::close(fd);
}

}  // namespace

void missing_interpreter(const char* path, InterpreterName& name) {
  InterpreterName last{};
  for (int depth = 0; depth < deepest; ++depth) {
    interpreter_of(depth == 0 ? path : last.data(), name);
    bool missing = name[0] != '\0' && ::access(name.data(), F_OK) != 0;
    if (missing || name[0] == '\0') return;
    last = name;
  }
  name[0] = '\0';
}

}  // namespace supd::sys

// libFuzzer: whatever stands in a log file, plain or compressed, it is read to its end in defined pieces. Build with
// -Dfuzz=true and clang. The first byte of the input chooses the form of the file.

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "ctl/logs/byte_source.hpp"
#include "ctl/logs/line_cutter.hpp"
#include "ctl/logs/line_parser.hpp"
#include "units/base/assert.hpp"

namespace {

namespace ctl = supd::ctl;
namespace sys = supd::sys;
using supd::Compression;

constexpr std::size_t most_bytes = 32UL * 1024 * 1024;  // a few bytes may stand for very many

void read_all(sys::BorrowedFd fd, Compression form, ctl::logs::FileKind kind) {
  auto source = ctl::logs::make_source(fd, form, "fuzz");
  if (!source) return;
  ctl::logs::LineCutter cutter;
  ctl::logs::LineParser parser("web", kind);
  supd::proto::LogRecord record;
  std::uint64_t offset = 0;
  auto take = [&](const ctl::logs::FileLine& line) {
    SUPD_ASSERT(line.offset >= offset && line.text.size() <= ctl::logs::longest_line);
    SUPD_ASSERT(line.text.find('\n') == std::string_view::npos);
    offset = line.offset + line.text.size();
    parser.parse(line, record);
  };
  while (offset < most_bytes) {
    auto count = (*source)->read(cutter.room());
    if (!count || *count == 0) break;
    cutter.filled(*count);
    while (auto line = cutter.next()) take(*line);
  }
  if (auto line = cutter.rest()) take(*line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  sys::UniqueFd file(::memfd_create("log", MFD_CLOEXEC));
  if (::write(file.get(), data + 1, size - 1) != static_cast<ssize_t>(size - 1)) return 0;
  ::lseek(file.get(), 0, SEEK_SET);
  constexpr std::array forms{Compression::none, Compression::gzip, Compression::zstd};
  auto kind = (data[0] & 4) != 0 ? ctl::logs::FileKind::raw : ctl::logs::FileKind::records;
  read_all(file.borrow(), forms[data[0] % forms.size()], kind);
  return 0;
}

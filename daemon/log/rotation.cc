#include "daemon/log/rotation.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace supd::log {
namespace {

/// The number of bytes up to and with the last newline within `room`; 0 when there is none.
std::size_t whole_lines(std::string_view pending, std::uint64_t room) {
  if (room == 0) return 0;
  return pending.substr(0, room).rfind('\n') + 1;  // npos + 1 is 0
}

std::size_t first_line(std::string_view pending) {
  std::size_t end = pending.find('\n');
  return end == std::string_view::npos ? pending.size() : end + 1;
}

}  // namespace

Cut next_cut(std::string_view pending, std::uint64_t size, bool mid_line, std::uint64_t max_size) {
  if (max_size == 0 || (size <= max_size && pending.size() <= max_size - size)) return {false, pending.size()};
  bool endless = size >= max_size && size - max_size >= longest_line;
  std::size_t fits = whole_lines(pending, size < max_size ? max_size - size : 0);
  if (mid_line && !endless) return {false, std::max(fits, first_line(pending))};
  if (fits != 0) return {false, fits};
  if (size == 0) return {false, first_line(pending)};
  return {true, next_cut(pending, 0, false, max_size).bytes};
}

std::vector<RotatedName> to_remove(std::vector<RotatedFile> files, const RotationSpec& rules, std::int64_t now_us) {
  auto newest_first = [](const RotatedFile& a, const RotatedFile& b) {
    return std::tie(b.name.time_us, b.name.compression) < std::tie(a.name.time_us, a.name.compression);
  };
  std::sort(files.begin(), files.end(), newest_first);
  std::vector<RotatedName> out;
  std::uint64_t count = 0, total = 0;
  const RotatedFile* before = nullptr;
  for (const RotatedFile& file : files) {
    if (file.name.unfinished) continue;
    bool copied = before != nullptr && before->name.time_us == file.name.time_us;
    before = &file;
    std::uint64_t bytes = copied ? 0 : file.bytes;
    bool too_many = rules.keep != 0 && count >= rules.keep;
    bool too_big = rules.keep_total != 0 && (total > rules.keep_total || bytes > rules.keep_total - total);
    auto keep_us = std::chrono::duration_cast<std::chrono::microseconds>(rules.keep_age).count();
    bool too_old = keep_us != 0 && file.name.time_us < now_us - keep_us;
    // What is kept is without gaps: nothing older than a file that had no room.
    total = too_big ? rules.keep_total + 1 : total + bytes;
    count += copied ? 0 : 1;
    if (copied || too_many || too_big || too_old) out.push_back(file.name);
  }
  return out;
}

std::vector<RotatedName> to_compress(const std::vector<RotatedFile>& files, const std::vector<RotatedName>& doomed,
                                     const RotationSpec& rules) {
  if (rules.compress == Compression::none) return {};
  std::unordered_set<std::int64_t> going;
  for (const RotatedName& name : doomed) going.insert(name.time_us);
  std::vector<RotatedName> out;
  for (const RotatedFile& file : files) {
    bool plain = file.name.compression == Compression::none;
    if (plain && !going.contains(file.name.time_us)) out.push_back(file.name);
  }
  std::ranges::sort(out, {}, &RotatedName::time_us);
  return out;
}

}  // namespace supd::log

#include "tests/log/support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace supd::log {

ScratchDirectory::ScratchDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "supd-log-XXXXXX").string();
  path_ = ::mkdtemp(name.data());
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchDirectory::path(std::string_view name) const {
  return name.empty() ? path_.string() : (path_ / name).string();
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::vector<Parsed> parse_log(std::string_view file) {
  std::vector<Parsed> out;
  while (!file.empty()) {
    std::size_t end = file.find('\n');
    EXPECT_NE(end, std::string_view::npos) << "the file ends within a record";
    std::string_view record = file.substr(0, end);
    file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
    EXPECT_GT(record.size(), stamp_size + 2) << record;
    if (record.size() <= stamp_size + 2) continue;
    std::size_t space = record.find(' ', stamp_size + 1);
    EXPECT_TRUE(record[10] == 'T' && record[26] == 'Z' && record[27] == ' ') << record;
    EXPECT_NE(space, std::string_view::npos) << record;
    if (space == std::string_view::npos) continue;
    out.push_back({std::string(record.substr(0, stamp_size)),
                   std::string(record.substr(stamp_size + 1, space - stamp_size - 1)),
                   std::string(record.substr(space + 1))});
  }
  return out;
}

std::vector<Parsed> without_notes(std::vector<Parsed> records) {
  std::erase_if(records, [](const Parsed& record) { return record.tag == "-"; });
  return records;
}

std::string rebuild(const std::vector<Parsed>& records, char stream) {
  std::string out;
  for (const Parsed& record : records) {
    if (record.tag[0] != stream) continue;
    out += record.text;
    if (record.tag.size() == 1) out += '\n';
  }
  return out;
}

std::uint64_t test_seed() {
  const char* given = std::getenv("SUPD_TEST_SEED");
  auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : static_cast<std::uint64_t>(now);
  std::printf("SUPD_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace supd::log

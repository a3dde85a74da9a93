#include "tests/config/support.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>

#include "config/show/to_toml.hpp"

namespace supd::config {

Result<std::optional<User>> FakeHost::user(const std::string& name) {
  if (auto id = plain_id(name)) return User{*id, 0, false, {}, {}, {}};
  if (!name_service_works) return std::unexpected(errno_error("getpwnam", name, EIO));
  if (name == "www-data") return User{33, 34, true, name, "/var/www", "/bin/false"};
  if (name == "alice") return User{1000, 1001, true, name, "/home/alice", "/bin/bash"};
  return std::optional<User>{};
}

Result<std::optional<std::uint32_t>> FakeHost::group(const std::string& name) {
  if (auto id = plain_id(name)) return id;
  if (!name_service_works) return std::unexpected(errno_error("getgrnam", name, EIO));
  if (name == "adm") return std::optional<std::uint32_t>(4);
  if (name == "staff") return std::optional<std::uint32_t>(50);
  return std::optional<std::uint32_t>{};
}

Result<std::vector<std::uint32_t>> FakeHost::groups_of(const User& user) {
  return std::vector<std::uint32_t>{user.gid, 100};
}

Result<std::string> FakeHost::read_file(const std::string& path) {
  auto found = files.find(path);
  if (found == files.end()) return std::unexpected(errno_error("open", path, ENOENT));
  return found->second;
}

void keep_for_fuzzing(std::string_view text) {
  const char* directory = std::getenv("SUPD_CORPUS_DIR");
  constexpr std::size_t longest = 65'536;
  if (directory == nullptr || text.size() > longest) return;
  std::string name = std::to_string(std::hash<std::string_view>{}(text));
  std::ofstream(std::filesystem::path(directory) / name, std::ios::binary) << text;
}

void expect_round_trip(const UnitSpec& unit, Surroundings& host) {
  std::string text = to_toml(unit);
  keep_for_fuzzing(text);
  Loaded loaded = load_text(unit.name + ".toml", text, host);
  ASSERT_TRUE(loaded.ok()) << text << render(loaded.diagnostics, false);
  ASSERT_EQ(loaded.declared.size(), 1U);
  const UnitSpec& again = *loaded.declared[0].spec;
  EXPECT_EQ(again, unit) << text << "\nand again:\n" << to_toml(again);
  EXPECT_EQ(to_toml(again), text);
}

std::string complaints(std::string_view text, std::string_view name) {
  keep_for_fuzzing(text);
  Loaded loaded = load_text(name, text);
  return render(loaded.diagnostics, false, loaded.more);
}

UnitSpec unit_of(std::string_view text, Surroundings& host) {
  keep_for_fuzzing(text);
  Loaded loaded = load_text("web.toml", text, host);
  EXPECT_TRUE(loaded.ok()) << text << "\n" << render(loaded.diagnostics, false);
  EXPECT_EQ(loaded.declared.size(), 1U) << text;
  if (loaded.declared.empty()) return {};
  const UnitSpec& unit = *loaded.declared[0].spec;
  expect_round_trip(unit, host);
  return unit;
}

std::string shown(const UnitSpec& unit, std::string_view key) {
  Unit whole{std::make_shared<UnitSpec>(unit), std::make_shared<Origins>()};
  for (const EffectiveValue& value : effective(whole, {})) {
    if (value.key == key) return value.value;
  }
  return "(none)";
}

ScratchDir::ScratchDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "supd-config-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  root_ = pattern;
}

ScratchDir::~ScratchDir() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::string ScratchDir::path(std::string_view name) const {
  return name.empty() ? root_.string() : (root_ / name).string();
}

std::string ScratchDir::write(std::string_view name, std::string_view text) const {
  if (name.ends_with(".toml")) keep_for_fuzzing(text);
  std::filesystem::path file = root_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

std::string load_complaints(const ScratchDir& dir, const std::vector<std::string>& paths) {
  Loaded loaded = load({.paths = paths});
  std::string text = render(loaded.diagnostics, false, loaded.more);
  std::string root = dir.path();
  for (std::size_t at = text.find(root); at != std::string::npos; at = text.find(root)) {
    text.replace(at, root.size(), "DIR");
  }
  return text;
}

}  // namespace supd::config

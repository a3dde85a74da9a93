#include "config/load/overrides.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "config/keys/names.hpp"
#include "config/load/limits.hpp"
#include "config/load/read_overrides.hpp"
#include "config/text/value.hpp"

namespace supd::config {
namespace {

constexpr std::string_view header =
    "# Written by supd for supctl enable, disable, mask and scale. It beats the unit files.\n";

void read_one(Problems& problems, const Entry& unit, Override& override) {
  constexpr std::string_view hint = "correct it, or remove the line and say it again with supctl";
  for (const Entry& entry : unit.value.entries) {
    const Value& value = entry.value;
    if (entry.key == "enabled" && value.type == Value::Type::boolean) {
      override.enabled = value.boolean;
    } else if (entry.key == "masked" && value.type == Value::Type::boolean) {
      override.masked = value.boolean;
    } else if (entry.key == "replicas" && value.type == Value::Type::integer && value.integer >= 0 &&
               value.integer <= max_replicas) {
      override.replicas = static_cast<std::uint32_t>(value.integer);
    } else {
      problems.error(entry.at, entry.key, "supd did not write this, and does not know it", std::string(hint));
    }
  }
}

/// A descriptor that is closed with its scope.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Each directory on the way, as mkdir -p.
Result<void> make_directories(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (::mkdir(path.substr(0, slash).c_str(), 0755) != 0 && errno != EEXIST && errno != EROFS) {
      return failed("mkdir", path.substr(0, slash));
    }
  }
  return {};
}

}  // namespace

void read_overrides(Problems& problems, const Value& document, Overrides& overrides) {
  for (const Entry& unit : document.entries) {
    if (unit.value.type != Value::Type::table || !is_unit_name(unit.key)) {
      problems.error(unit.at, unit.key, "supd did not write this, and does not know it",
                     "correct it, or remove the file and say it again with supctl");
      continue;
    }
    read_one(problems, unit, overrides.units[unit.key]);
  }
}

std::string overrides_text(const Overrides& overrides) {
  std::string out(header);
  for (const auto& [name, override] : overrides.units) {
    if (override.empty()) continue;
    out += "\n[" + toml_key(name) + "]\n";
    if (override.enabled) out += std::string("enabled = ") + (*override.enabled ? "true\n" : "false\n");
    if (override.masked) out += "masked = true\n";
    if (override.replicas) out += "replicas = " + std::to_string(*override.replicas) + "\n";
  }
  return out;
}

Result<void> save_overrides(const Overrides& overrides) {
  if (auto made = make_directories(overrides.file); !made) return made;
  std::string beside = overrides.file + ".new";
  File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (file.fd() < 0) return failed("open", beside);
  if (!write_all(file.fd(), overrides_text(overrides))) return failed("write", beside);
  if (::fsync(file.fd()) != 0) return failed("fsync", beside);
  if (!file.close()) return failed("close", beside);
  if (::rename(beside.c_str(), overrides.file.c_str()) != 0) return failed("rename", beside);
  return {};
}

}  // namespace supd::config

#include "config/show/to_toml.hpp"

#include "config/keys/keys.hpp"

namespace supd::config {
namespace {

std::string_view section_of(std::string_view path) { return path.substr(0, path.find('.')); }

bool is_default(const Key<UnitSpec>& key, const UnitSpec& unit, const std::string& shown) {
  if (shown.empty()) return true;
  if (key.info.path == "ready.on") return !unit.ready_given.yes;
  UnitSpec fresh;
  return shown == key.show(fresh);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(" = ").append(value).append("\n");
}

void append_env(std::string& out, const UnitSpec& unit) {
  if (unit.environment.values.empty()) return;
  out += "\n[env]\n";
  for (const auto& [name, value] : unit.environment.values) append_line(out, toml_key(name), toml_string(value));
}

/// Lines of one table follow each other in the list of keys, so its head is written when the first one comes.
class Writer {
 public:
  explicit Writer(const UnitSpec& unit) : unit_(unit) {}

  /// Keys above all tables, or those within them.
  void append_keys(bool in_tables) {
    for (const Key<UnitSpec>& key : unit_keys()) {
      bool env = key.info.path == "env";
      bool in_table = env || key.info.path.find('.') != std::string_view::npos;
      if (in_table != in_tables || !key.built() || (key.needs_process && unit_.kind == Kind::target)) continue;
      env ? append_env(out_, unit_) : append(key);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void append(const Key<UnitSpec>& key) {
    std::string shown = key.show(unit_);
    if (is_default(key, unit_, shown)) return;
    std::string_view section = section_of(key.info.path);
    if (section != key.info.path && section != section_) {
      out_.append("\n[").append(section).append("]\n");
      section_ = section;
    }
    append_line(out_, key.info.leaf(), shown);
  }

  const UnitSpec& unit_;
  std::string out_;
  std::string_view section_;
};

}  // namespace

std::string to_toml(const UnitSpec& unit) {
  Writer writer(unit);
  writer.append_keys(false);
  writer.append_keys(true);
  return writer.take();
}

}  // namespace supd::config

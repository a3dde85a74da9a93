#include "config/load.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <unordered_set>

#include "config/host/host.hpp"
#include "config/host/read_file.hpp"
#include "config/keys/names.hpp"
#include "config/lint/lint.hpp"
#include "config/load/collector.hpp"

namespace supd::config {
namespace {

/// One load from the disk.
class Loader {
 public:
  Loaded load(std::span<const std::string> paths, bool search) {
    for (const std::string& path : paths) {
      visit(path, search);
      if (search) ++rank_;
    }
    return finish();
  }

  Loaded finish() {
    loaded_.errors = list_.errors;
    loaded_.more = list_.trim();
    loaded_.diagnostics = std::move(list_.kept);
    return std::move(loaded_);
  }

 private:
  void visit(const std::string& path, bool search) {
    auto entries = list_directory(path);
    if (entries) return visit_directory(path, *entries, search);
    int code = entries.error().code;
    if (search && (code == ENOENT || code == ENOTDIR)) return;
    if (code == ENOTDIR) return visit_file(path);
    complain(path, entries.error().text(),
             code == ENOENT ? "give a file, or a directory of files NAME.toml" : "make it readable for supd's user");
  }

  void visit_directory(const std::string& directory, const DirectoryEntries& entries, bool search) {
    std::string prefix = directory.ends_with('/') ? directory : directory + "/";
    for (const std::string& name : entries.drop_ins) {
      complain(prefix + name, not_built("a directory of drop-ins"), "write the keys into the unit's own file");
    }
    for (const std::string& name : entries.unit_files) {
      if (search && !seen_.insert(name).second) continue;
      visit_file(prefix + name);
    }
  }

  void visit_file(const std::string& path) {
    if (loaded_.files.size() > max_units) return;
    if (loaded_.files.size() == max_units) {
      complain(path, "there are more than " + std::to_string(max_units) + " files", "put several units into one file");
      loaded_.files.push_back(path);
      return;
    }
    auto text = read_regular_file(path);
    if (text) return collector_.read(path, *text, rank_);
    loaded_.files.push_back(path);
    bool denied = text.error().code == EACCES || text.error().code == EPERM;
    complain(path, text.error().text(),
             denied ? "make it readable for supd's user" : "make it a readable text file of at most 1 MiB");
  }

  void complain(const std::string& path, std::string message, std::string hint) {
    list_.add({Severity::error, path, 0, 0, {}, std::move(message), std::move(hint), {}, 0});
  }

  Loaded loaded_;
  DiagnosticList list_;
  Host host_;
  Collector collector_{loaded_, list_, host_, lint_unit};
  std::uint32_t rank_ = 0;
  std::unordered_set<std::string> seen_;  ///< names of files in directories that come earlier in the search path
};

}  // namespace

void Loaded::add_error(SourcePos where, std::string key, std::string message, std::string hint) {
  ++errors;
  if (diagnostics.size() >= max_diagnostics) {
    ++more;
    return;
  }
  std::string file = where.file < files.size() ? files[where.file] : std::string();
  auto text = where.line != 0 && !file.empty() ? read_regular_file(file) : Result<std::string>{};
  Source source(file, text ? std::string_view(*text) : std::string_view());
  Source::Quote quote = where.line != 0 ? source.quote({where.line, where.column}) : Source::Quote{};
  diagnostics.push_back({Severity::error, file, where.line, where.column, std::move(key), std::move(message),
                         std::move(hint), std::string(quote.text), quote.caret});
}

std::string Loaded::position_text(SourcePos where) const {
  if (where.line == 0 || where.file >= files.size()) return {};
  return files[where.file] + ":" + std::to_string(where.line);
}

Loaded load(std::span<const std::string> paths) {
  if (!paths.empty()) return Loader().load(paths, false);
  return Loader().load(default_search_path(), true);
}

Loaded load_text(std::string_view name, std::string_view text, Surroundings& host) {
  Loaded loaded;
  DiagnosticList list;
  Collector(loaded, list, host, nullptr).read(std::string(name), text, 0);
  loaded.errors = list.errors;
  loaded.more = list.trim();
  loaded.diagnostics = std::move(list.kept);
  return loaded;
}

std::vector<std::string> default_search_path() {
  if (::geteuid() == 0) return {"/etc/supd", "/run/supd/units", "/usr/lib/supd/units"};
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && config[0] == '/') return {std::string(config) + "/supd"};  // relative ones are ignored (XDG)
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return {std::string(home) + "/.config/supd"};
  return {};
}

}  // namespace supd::config

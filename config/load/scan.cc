#include "config/load/scan.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <unordered_set>

#include "config/host/read_file.hpp"
#include "config/keys/names.hpp"
#include "config/load/limits.hpp"

namespace supd::config {
namespace {

class Scanner {
 public:
  Scanner(bool search, Trust trust, DiagnosticList& list) : search_(search), trust_(trust), list_(list) {}

  void visit(const std::string& path) {
    auto entries = list_directory(path, trust_);
    if (entries) {
      visit_directory(path.ends_with('/') ? path : path + "/", *entries);
    } else if (entries.error().code == ENOTDIR && !search_) {
      visit_file(path);
    } else if (!search_ || (entries.error().code != ENOENT && entries.error().code != ENOTDIR)) {
      complain(path, entries.error());
    }
    if (search_) ++rank_;
  }

  Scan finish() {
    // As with the unit files, of drop-ins of one name the first found counts; then the names alone give the order.
    std::ranges::stable_sort(drop_ins_, {}, [](const FoundFile& file) { return base_name(file.path); });
    std::ranges::move(drop_ins_, std::back_inserter(scan_.files));
    return std::move(scan_);
  }

 private:
  void visit_directory(const std::string& prefix, const DirectoryEntries& entries) {
    for (const std::string& name : entries.unit_files) {
      if (search_ && !seen_.insert(name).second) continue;
      add(scan_.files, {prefix + name, {}, rank_, FileRole::units});
    }
    for (const std::string& name : entries.drop_ins) visit_drop_ins(prefix + name);
  }

  /// A file that was named by a person: beside it may be its drop-ins, and who can write its directory can replace it.
  void visit_file(const std::string& path) {
    std::size_t slash = path.rfind('/');
    std::string directory = slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
    struct stat info {};
    if (::stat(directory.c_str(), &info) == 0) {
      if (auto refusal = distrust(directory, info, trust_)) return complain(directory, *refusal);
    }
    add(scan_.files, {path, {}, rank_, FileRole::units});
    if (::stat((path + ".d").c_str(), &info) == 0 && S_ISDIR(info.st_mode)) visit_drop_ins(path + ".d");
  }

  void visit_drop_ins(const std::string& directory) {
    auto entries = list_directory(directory, trust_);
    if (!entries) return complain(directory, entries.error());
    std::string unit(base_name(directory));
    unit.resize(unit.size() - std::string_view(".toml.d").size());
    for (const std::string& name : entries->unit_files) {
      if (search_ && !seen_.insert(unit + "/" + name).second) continue;
      add(drop_ins_, {directory + "/" + name, unit, rank_, FileRole::drop_in});
    }
  }

  void add(std::vector<FoundFile>& to, FoundFile file) {
    if (++count_ <= max_units) return to.push_back(std::move(file));
    if (count_ == max_units + 1) {
      complain(file.path, "there are more than " + std::to_string(max_units) + " files",
               "put several units into one file");
    }
  }

  void complain(const std::string& path, const Error& error) {
    bool missing = error.code == ENOENT;
    complain(path, error.text(), missing ? "give a file, or a directory of files NAME.toml" : read_hint(error));
  }
  void complain(const std::string& path, std::string message, std::string hint) {
    list_.add({Severity::error, path, 0, 0, {}, std::move(message), std::move(hint), {}, 0});
  }

  bool search_;
  Trust trust_;
  DiagnosticList& list_;
  Scan scan_;
  std::vector<FoundFile> drop_ins_;
  std::unordered_set<std::string> seen_;  ///< names that come earlier in the search path: "web.toml", "web/10-x.toml"
  std::uint32_t rank_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

Scan scan(std::span<const std::string> paths, bool search, Trust trust, DiagnosticList& list) {
  Scanner scanner(search, trust, list);
  for (const std::string& path : paths) scanner.visit(path);
  return scanner.finish();
}

}  // namespace supd::config

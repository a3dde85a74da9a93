#include "tests/hygiene/layers.hpp"

#include <algorithm>
#include <utility>

#include "units/base/glob.hpp"

namespace supd::hygiene {
namespace {

struct Include {
  std::string_view path;
  bool quoted = false;
};

/// The include on a line (with comments already gone), or an empty path.
Include include_of(std::string_view line) {
  auto trim = [&line] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
  trim();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  trim();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  trim();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return {};
  bool quoted = line[0] == '"';
  std::size_t end = line.find(quoted ? '"' : '>', 1);
  if (end == std::string_view::npos) return {};
  return {line.substr(1, end - 1), quoted};
}

bool below(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

const LayerTable::Layer* layer_of(const LayerTable& table, std::string_view path) {
  const LayerTable::Layer* best = nullptr;
  for (const auto& layer : table.layers) {
    if (below(path, layer.folder) && (best == nullptr || layer.folder.size() > best->folder.size())) best = &layer;
  }
  return best;
}

bool any_matches(const std::vector<std::string>& globs, std::string_view text) {
  return std::ranges::any_of(globs, [text](const std::string& glob) { return glob_matches(glob, text); });
}

std::string check_own(const LayerTable& table, std::string_view path, std::string_view header) {
  const LayerTable::Layer* from = layer_of(table, path);
  if (from == nullptr) return "is in a folder that no layer of layers.txt names";
  bool allowed = layer_of(table, header) == from ||
                 std::ranges::any_of(from->may_include, [header](const auto& what) { return below(header, what); });
  return allowed ? "" : "layer " + from->folder + " may not include \"" + std::string(header) + "\"";
}

std::string check_system(const LayerTable& table, std::string_view path, std::string_view header) {
  for (const auto& rule : table.only) {
    if (any_matches(rule.headers, header) && !any_matches(rule.files, path)) {
      return "<" + std::string(header) + "> is for " + rule.files.front() + " (see layers.txt)";
    }
  }
  bool lifted =
      std::ranges::any_of(table.only, [header](const auto& rule) { return any_matches(rule.headers, header); });
  for (const auto& rule : table.never) {
    if (!lifted && any_matches(rule.files, path) && any_matches(rule.headers, header)) {
      return "<" + std::string(header) + "> has no place in " + rule.files.front();
    }
  }
  return {};
}

/// "daemon/io/uring_loop.hpp" for "daemon/io/uring_loop.cc".
std::string own_header(std::string_view path) { return std::string(path.substr(0, path.rfind('.'))) + ".hpp"; }

}  // namespace

LayerTable parse_layers(std::string_view text) {
  LayerTable table;
  for (std::string_view line : lines_of(text)) {
    line = line.substr(0, line.find('#'));
    std::vector<std::string_view> left = words_of(line.substr(0, line.find(':')));
    if (left.empty()) continue;
    std::size_t colon = line.find(':');
    std::vector<std::string> right, subject(left.begin() + 1, left.end());
    for (auto word : words_of(colon == std::string_view::npos ? "" : line.substr(colon + 1))) right.emplace_back(word);
    if (colon == std::string_view::npos || subject.empty()) {
      table.errors.emplace_back(line);
    } else if (left[0] == "layer") {
      table.layers.push_back({subject[0], right});
    } else if (left[0] == "only" && !right.empty()) {
      table.only.push_back({subject, right});
    } else if (left[0] == "never" && !right.empty()) {
      table.never.push_back({right, subject});
    } else {
      table.errors.emplace_back(line);
    }
  }
  return table;
}

std::vector<std::string> check_includes(const LayerTable& table, const SourceFile& file,
                                        const std::set<std::string, std::less<>>& known) {
  std::vector<std::string> problems;
  std::string text = without_comments(file.text, false);
  int number = 0;
  bool first = true;
  auto report = [&](const std::string& what) {
    if (!what.empty()) problems.push_back(file.path + ":" + std::to_string(number) + ": " + what);
  };
  for (std::string_view line : lines_of(text)) {
    ++number;
    Include include = include_of(line);
    if (include.path.empty()) continue;
    std::string own = own_header(file.path);
    if (std::exchange(first, false) && own != file.path && known.contains(own) && include.path != own) {
      report("the first include is not the file's own header \"" + own + "\"");
    }
    if (!include.quoted) {
      report(check_system(table, file.path, include.path));
    } else if (!known.contains(include.path)) {
      report("\"" + std::string(include.path) + "\" is not a path from the top of the repository");
    } else {
      report(check_own(table, file.path, include.path));
    }
  }
  return problems;
}

}  // namespace supd::hygiene

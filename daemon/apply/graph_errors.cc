#include "daemon/apply/graph_errors.hpp"

#include <algorithm>

namespace supd::apply {
namespace {

/// Whether the unit is missing only because its own file could not be read: then that is the news.
bool has_file(const config::Loaded& loaded, const std::string& unit) {
  auto is_its_file = [&](const std::string& file) { return file.ends_with("/" + unit + ".toml"); };
  return std::ranges::any_of(loaded.files, is_its_file);
}

}  // namespace

void add_graph_errors(config::Loaded& loaded, std::span<const GraphError> errors) {
  for (const GraphError& error : errors) {
    if (!error.missing.empty() && has_file(loaded, error.missing)) continue;
    loaded.add_error(error.where, "depends", error.unit + ": " + error.message, error.hint);
  }
}

bool check_graph(config::Loaded& loaded) {
  if (!loaded.ok()) return false;
  std::vector<SpecPtr> specs = loaded.specs();
  std::vector<UnitId> ids;
  ids.reserve(specs.size());
  for (std::uint32_t i = 0; i < specs.size(); ++i) ids.push_back(UnitId{i});
  auto graph = Graph::build(specs, ids, static_cast<std::uint32_t>(ids.size()));
  if (!graph) add_graph_errors(loaded, graph.error());
  return graph.has_value();
}

}  // namespace supd::apply

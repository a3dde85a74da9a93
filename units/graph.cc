#include "units/graph.hpp"

#include <algorithm>
#include <numeric>

#include "units/base/nearest.hpp"

namespace supd {

/// Resolves names, collects errors, looks for cycles.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::span<const UnitSpec> units) : units_(units) {}

  std::expected<Graph, std::vector<GraphError>> build() {
    for (std::uint32_t i = 0; i < units_.size(); ++i) graph_.names_.emplace(units_[i].name, UnitId{i});
    for (std::uint32_t i = 0; i < units_.size(); ++i) {
      for (const Dependency& dependency : units_[i].depends) add(UnitId{i}, dependency);
    }
    graph_.index_edges(units_.size());
    if (errors_.empty()) find_cycles();
    if (!errors_.empty()) return std::unexpected(std::move(errors_));
    return std::move(graph_);
  }

 private:
  void add(UnitId from, const Dependency& dependency);
  void unknown(const UnitSpec& unit, const Dependency& dependency);
  void find_cycles();
  void report_cycle(std::span<const EdgeIndex> path, UnitId closes);

  std::span<const UnitSpec> units_;
  Graph graph_;
  std::vector<GraphError> errors_;
};

void GraphBuilder::add(UnitId from, const Dependency& dependency) {
  const UnitSpec& unit = units_[from.value];
  UnitId to = graph_.find(dependency.unit);
  if (!to.valid()) return unknown(unit, dependency);
  if (to == from) {
    std::string relation(word(dependency.relation));
    errors_.push_back({dependency.where, unit.name, relation + " itself", "remove it from depends." + relation, {}});
    return;
  }
  bool conflict = dependency.relation == Relation::conflicts;
  bool before = dependency.relation == Relation::before;
  if (before) {
    graph_.edges_.push_back({to, from, Relation::after, dependency.condition});
  } else {
    graph_.edges_.push_back({from, to, dependency.relation, dependency.condition});
  }
  if (conflict) graph_.edges_.push_back({to, from, Relation::conflicts, dependency.condition});
}

void GraphBuilder::unknown(const UnitSpec& unit, const Dependency& dependency) {
  std::vector<std::string_view> names;
  names.reserve(units_.size());
  for (const UnitSpec& each : units_) names.push_back(each.name);
  std::string near = nearest(dependency.unit, names);
  std::string message = std::string(word(dependency.relation)) + " '" + dependency.unit + "', which is not a unit";
  errors_.push_back(
      {dependency.where, unit.name, message, near.empty() ? "" : "did you mean '" + near + "'?", dependency.unit});
}

/// Depth-first with a stack of its own: a chain of 10 000 units must not recurse.
void GraphBuilder::find_cycles() {
  enum class Mark : std::uint8_t { fresh, open, done };
  std::vector<Mark> marks(units_.size(), Mark::fresh);
  struct Frame {
    UnitId unit;
    std::size_t next;
  };
  std::vector<Frame> stack;
  std::vector<EdgeIndex> path;  // path[i] leads from stack[i] to stack[i + 1]
  for (std::uint32_t root = 0; root < units_.size(); ++root) {
    if (marks[root] != Mark::fresh) continue;
    marks[root] = Mark::open;
    stack.push_back({UnitId{root}, 0});
    while (!stack.empty()) {
      Frame& top = stack.back();
      auto row = graph_.dependencies(top.unit);
      if (top.next == row.size()) {
        marks[top.unit.value] = Mark::done;
        stack.pop_back();
        if (!path.empty()) path.pop_back();
        continue;
      }
      EdgeIndex index = row[top.next++];
      const Edge& edge = graph_.edges_[index];
      if (edge.relation == Relation::conflicts || marks[edge.to.value] == Mark::done) continue;
      path.push_back(index);
      if (marks[edge.to.value] == Mark::open) {
        report_cycle(path, edge.to);
        path.pop_back();
        continue;
      }
      marks[edge.to.value] = Mark::open;
      stack.push_back({edge.to, 0});
    }
  }
}

void GraphBuilder::report_cycle(std::span<const EdgeIndex> path, UnitId closes) {
  auto starts_there = [&](EdgeIndex index) { return graph_.edges_[index].from == closes; };
  auto first = std::ranges::find_if(path, starts_there);
  std::string text = "cycle: ";
  constexpr std::ptrdiff_t most_shown = 20;
  for (auto it = first; it != path.end(); ++it) {
    const Edge& edge = graph_.edges_[*it];
    if (it - first == most_shown) {
      text += ", … (" + std::to_string(path.end() - it) + " more)";
      break;
    }
    if (it != first) text += ", ";
    text += units_[edge.from.value].name + " " + std::string(word(edge.relation)) + " " + units_[edge.to.value].name;
  }
  const UnitSpec& unit = units_[closes.value];
  SourcePos where = unit.depends.empty() ? unit.where : unit.depends.front().where;
  errors_.push_back({where, unit.name, text, "remove one of these dependencies", {}});
}

std::expected<Graph, std::vector<GraphError>> Graph::build(std::span<const UnitSpec> units) {
  return GraphBuilder(units).build();
}

UnitId Graph::find(std::string_view name) const {
  auto it = names_.find(name);
  return it == names_.end() ? UnitId{} : it->second;
}

/// Counting sort of the edges by either end: two flat arrays instead of a vector per unit.
void Graph::index_edges(std::size_t unit_count) {
  auto index = [&](auto end_of, std::vector<EdgeIndex>& flat, std::vector<std::uint32_t>& start) {
    start.assign(unit_count + 1, 0);
    for (const Edge& edge : edges_) ++start[end_of(edge).value + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    std::vector<std::uint32_t> next(start.begin(), start.end() - 1);
    flat.resize(edges_.size());
    for (EdgeIndex i = 0; i < edges_.size(); ++i) flat[next[end_of(edges_[i]).value]++] = i;
  };
  index([](const Edge& edge) { return edge.from; }, out_, out_start_);
  index([](const Edge& edge) { return edge.to; }, in_, in_start_);
}

}  // namespace supd

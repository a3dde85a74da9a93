#include "units/graph.hpp"

#include <algorithm>
#include <numeric>

#include "units/base/nearest.hpp"

namespace supd {

/// Resolves names, collects errors, looks for cycles.
class GraphBuilder {
 public:
  GraphBuilder(std::span<const SpecPtr> units, std::span<const UnitId> ids, std::uint32_t id_count)
      : units_(units), ids_(ids), specs_(id_count, nullptr) {
    graph_.id_count_ = id_count;
  }

  std::expected<Graph, std::vector<GraphError>> build() {
    graph_.names_.reserve(units_.size());
    for (std::size_t i = 0; i < units_.size(); ++i) {
      graph_.names_.emplace(units_[i]->name, ids_[i]);
      specs_[ids_[i].value] = units_[i].get();
    }
    for (UnitId unit : ids_) {
      for (const Dependency& dependency : spec(unit).depends) add(unit, dependency);
    }
    graph_.index_edges();
    if (errors_.empty()) find_cycles();
    if (!errors_.empty()) return std::unexpected(std::move(errors_));
    return std::move(graph_);
  }

 private:
  void add(UnitId from, const Dependency& dependency);
  void unknown(const UnitSpec& unit, const Dependency& dependency);
  void find_cycles();
  void report_cycle(std::span<const EdgeIndex> path, UnitId closes);

  [[nodiscard]] const UnitSpec& spec(UnitId unit) const { return *specs_[unit.value]; }

  std::span<const SpecPtr> units_;
  std::span<const UnitId> ids_;
  std::vector<const UnitSpec*> specs_;  ///< by id
  Graph graph_;
  std::vector<GraphError> errors_;
};

void GraphBuilder::add(UnitId from, const Dependency& dependency) {
  const UnitSpec& unit = spec(from);
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
  for (const SpecPtr& each : units_) names.push_back(each->name);
  std::string near = nearest(dependency.unit, names);
  std::string message = std::string(word(dependency.relation)) + " '" + dependency.unit + "', which is not a unit";
  errors_.push_back(
      {dependency.where, unit.name, message, near.empty() ? "" : "did you mean '" + near + "'?", dependency.unit});
}

/// Depth-first with a stack of its own: a chain of 10 000 units must not recurse.
void GraphBuilder::find_cycles() {
  enum class Mark : std::uint8_t { fresh, open, done };
  std::vector<Mark> marks(specs_.size(), Mark::fresh);
  struct Frame {
    UnitId unit;
    std::size_t next;
  };
  std::vector<Frame> stack;
  std::vector<EdgeIndex> path;  // path[i] leads from stack[i] to stack[i + 1]
  for (UnitId root : ids_) {
    if (marks[root.value] != Mark::fresh) continue;
    marks[root.value] = Mark::open;
    stack.push_back({root, 0});
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
    text += spec(edge.from).name + " " + std::string(word(edge.relation)) + " " + spec(edge.to).name;
  }
  const UnitSpec& unit = spec(closes);
  SourcePos where = unit.depends.empty() ? unit.where : unit.depends.front().where;
  errors_.push_back({where, unit.name, text, "remove one of these dependencies", {}});
}

std::expected<Graph, std::vector<GraphError>> Graph::build(std::span<const SpecPtr> units, std::span<const UnitId> ids,
                                                           std::uint32_t id_count) {
  return GraphBuilder(units, ids, id_count).build();
}

void Graph::add_leftovers(std::span<const Edge> musts, std::span<const Edge> wishes) {
  if (musts.empty() && wishes.empty()) return;
  edges_.insert(edges_.end(), musts.begin(), musts.end());
  std::size_t without_wishes = edges_.size();
  edges_.insert(edges_.end(), wishes.begin(), wishes.end());
  index_edges();
  if (wishes.empty() || acyclic()) return;
  edges_.resize(without_wishes);
  index_edges();
}

/// Takes away units that depend on nothing, until none is left or those in cycles are.
bool Graph::acyclic() const {
  std::vector<std::uint32_t> open(id_count_, 0);
  for (const Edge& edge : edges_) open[edge.from.value] += edge.relation != Relation::conflicts ? 1U : 0U;
  std::vector<UnitId> ready;
  for (std::uint32_t i = 0; i < id_count_; ++i) {
    if (open[i] == 0) ready.push_back(UnitId{i});
  }
  std::size_t taken = 0;
  for (; taken < ready.size(); ++taken) {
    for (EdgeIndex index : dependents(ready[taken])) {
      const Edge& edge = edges_[index];
      if (edge.relation != Relation::conflicts && --open[edge.from.value] == 0) ready.push_back(edge.from);
    }
  }
  return taken == id_count_;
}

UnitId Graph::find(std::string_view name) const {
  auto it = names_.find(name);
  return it == names_.end() ? UnitId{} : it->second;
}

/// Counting sort of the edges by either end: two flat arrays instead of a vector per unit.
void Graph::index_edges() {
  auto index = [&](auto end_of, std::vector<EdgeIndex>& flat, std::vector<std::uint32_t>& start) {
    start.assign(id_count_ + 1, 0);
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

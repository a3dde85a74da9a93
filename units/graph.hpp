#pragma once

/// The dependencies between all units, resolved to ids and checked: no unknown unit, no unit that
/// depends on itself, no cycle.

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "units/base/ids.hpp"
#include "units/spec.hpp"

namespace supd {

/// `from` depends on `to`. `before` is stored as `after` the other way round; a conflict stands as two
/// edges, one each way.
struct Edge {
  UnitId from, to;
  Relation relation = Relation::after;
  Condition condition = Condition::ready;
  /// Kept from an earlier configuration while a unit that was removed still stops: it orders stops (`after`)
  /// or keeps two runs apart (`conflicts`), and nothing else.
  bool leftover = false;
};
using EdgeIndex = std::uint32_t;

/// What is wrong with the dependencies, for a person.
struct GraphError {
  SourcePos where;
  std::string unit;
  std::string message;  ///< "requires itself", "cycle: a requires b, b after c, c requires a"
  std::string hint;     ///< "did you mean 'redis'?", or ""
  std::string missing;  ///< the name that is not a unit's, or ""
};

class Graph {
 public:
  /// All errors at once. Units must have unique names; `ids[i]` is the id of `units[i]`, below `id_count`.
  /// Linear in units plus edges.
  [[nodiscard]] static std::expected<Graph, std::vector<GraphError>> build(std::span<const SpecPtr> units,
                                                                           std::span<const UnitId> ids,
                                                                           std::uint32_t id_count);

  /// Adds edges of units that were removed. `musts` with the graph has no cycle; `wishes` are added as well,
  /// all or none, if they make none.
  void add_leftovers(std::span<const Edge> musts, std::span<const Edge> wishes);

  [[nodiscard]] std::span<const Edge> edges() const { return edges_; }
  /// Edges whose `from` is the unit: what it depends on. In the order of the unit file.
  [[nodiscard]] std::span<const EdgeIndex> dependencies(UnitId unit) const { return row(out_, out_start_, unit); }
  /// Edges whose `to` is the unit: who depends on it.
  [[nodiscard]] std::span<const EdgeIndex> dependents(UnitId unit) const { return row(in_, in_start_, unit); }
  [[nodiscard]] UnitId find(std::string_view name) const;  ///< not valid: no such unit

 private:
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };
  using Names = std::unordered_map<std::string, UnitId, NameHash, std::equal_to<>>;
  static std::span<const EdgeIndex> row(const std::vector<EdgeIndex>& flat, const std::vector<std::uint32_t>& start,
                                        UnitId unit) {
    return std::span(flat).subspan(start[unit.value], start[unit.value + 1] - start[unit.value]);
  }
  void index_edges();
  [[nodiscard]] bool acyclic() const;

  Names names_;
  std::vector<Edge> edges_;
  std::vector<EdgeIndex> out_, in_;
  std::vector<std::uint32_t> out_start_, in_start_;
  std::uint32_t id_count_ = 0;

  friend class GraphBuilder;
};

}  // namespace supd

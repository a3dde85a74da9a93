#include "units/graph.hpp"

#include <gtest/gtest.h>

#include "tests/units/scenario.hpp"

namespace supd::testing {
namespace {

using enum Relation;

std::expected<Graph, std::vector<GraphError>> build(const std::vector<UnitSpec>& specs) {
  std::vector<SpecPtr> units;
  std::vector<UnitId> ids;
  for (const UnitSpec& spec : specs) {
    ids.push_back(UnitId{static_cast<std::uint32_t>(units.size())});
    units.push_back(std::make_shared<const UnitSpec>(spec));
  }
  return Graph::build(units, ids, static_cast<std::uint32_t>(ids.size()));
}

std::string errors(const std::vector<UnitSpec>& specs) {
  auto graph = build(specs);
  std::string out;
  if (graph) return out;
  for (const GraphError& error : graph.error()) {
    out += error.unit + ": " + error.message + (error.hint.empty() ? "" : " (" + error.hint + ")") + "\n";
  }
  return out;
}

TEST(Graph, B6_unknown_units_come_with_the_nearest_name) {
  EXPECT_EQ(errors({service("web", {on(requires_, "redsi"), on(wants, "zzz")}), service("redis")}),
            "web: requires 'redsi', which is not a unit (did you mean 'redis'?)\n"
            "web: wants 'zzz', which is not a unit\n");
}

TEST(Graph, B6_a_unit_that_depends_on_itself) {
  EXPECT_EQ(errors({service("web", {on(binds, "web")})}), "web: binds itself (remove it from depends.binds)\n");
}

TEST(Graph, B6_a_cycle_is_told_with_its_path) {
  EXPECT_EQ(errors({service("a", {on(requires_, "b")}), service("b", {on(after, "c")}), service("c", {on(wants, "a")}),
                    service("x", {on(wants, "a")})}),
            "a: cycle: a requires b, b after c, c wants a (remove one of these dependencies)\n");
}

TEST(Graph, before_makes_cycles_too) {
  EXPECT_EQ(errors({service("a", {on(after, "b"), on(before, "b")}), service("b")}),
            "a: cycle: a after b, b after a (remove one of these dependencies)\n");
}

TEST(Graph, conflicts_are_no_order) {
  EXPECT_EQ(errors({service("a", {on(conflicts, "b")}), service("b", {on(requires_, "a")})}), "");
}

TEST(Graph, every_edge_is_found_from_both_ends) {
  std::vector<UnitSpec> specs{service("a", {on(requires_, "c"), on(wants, "b")}), service("b", {on(after, "c")}),
                              service("c")};
  auto graph = build(specs);
  ASSERT_TRUE(graph);
  std::size_t seen = 0;
  for (std::uint32_t i = 0; i < 3; ++i) {
    for (EdgeIndex index : graph->dependencies(UnitId{i})) EXPECT_EQ(graph->edges()[index].from, UnitId{i});
    for (EdgeIndex index : graph->dependents(UnitId{i})) EXPECT_EQ(graph->edges()[index].to, UnitId{i});
    seen += graph->dependencies(UnitId{i}).size() + graph->dependents(UnitId{i}).size();
  }
  EXPECT_EQ(seen, 6U);
}

}  // namespace
}  // namespace supd::testing

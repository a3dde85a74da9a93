#pragma once

/// What is wrong between the units, beside what is wrong within them.

#include <span>

#include "config/load.hpp"
#include "units/graph.hpp"

namespace supd::apply {

/// Notes the errors with their places in the files.
void add_graph_errors(config::Loaded& loaded, std::span<const GraphError> errors);

/// Builds the graph of the units and notes what is wrong with it. False: there were errors, here or before.
bool check_graph(config::Loaded& loaded);

}  // namespace supd::apply

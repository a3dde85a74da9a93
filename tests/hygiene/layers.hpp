#pragma once

/// The rules of layers.txt, and the check of one file's `#include` lines against them.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/hygiene/source_tree.hpp"

namespace supd::hygiene {

struct LayerTable {
  struct Layer {
    std::string folder;
    std::vector<std::string> may_include;  ///< folders and single headers
  };
  /// `only`: headers -> files that may include them. `never`: files -> headers that they may not include.
  struct Rule {
    std::vector<std::string> headers, files;
  };
  std::vector<Layer> layers;
  std::vector<Rule> only, never;
  std::vector<std::string> errors;  ///< lines that are no rule
};

[[nodiscard]] LayerTable parse_layers(std::string_view text);

/// What is wrong with a file's includes, as "FILE:LINE: what" lines; `known` holds the paths of all
/// source files, to tell a root-relative include from any other.
[[nodiscard]] std::vector<std::string> check_includes(const LayerTable& table, const SourceFile& file,
                                                      const std::set<std::string, std::less<>>& known);

}  // namespace supd::hygiene

#pragma once

/// Aligned columns of text. The last column is as long as it is, or cut at a terminal's width.

#include <string>
#include <string_view>
#include <vector>

namespace supd::ctl {

struct Cell {
  std::string text;             ///< already visible (see visible.hpp)
  std::string_view color = {};  ///< SGR code, used only when the table is rendered in colour
};

class Table {
 public:
  /// The first row is the heading.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

  struct Shape {
    std::size_t width = 0;  ///< lines are cut at this many columns; 0: never
    bool color = false;
    std::size_t max_rows = 0;  ///< of the heading and the rows; 0: all
  };
  /// Appends the rows to `out`, each with its newline, two spaces between columns, none at line ends.
  void render(std::string& out, const Shape& shape) const;

 private:
  [[nodiscard]] std::vector<std::size_t> column_widths() const;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace supd::ctl

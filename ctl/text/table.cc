#include "ctl/text/table.hpp"

#include <algorithm>

#include "ctl/text/terminal.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

constexpr std::size_t gap = 2;

/// Padding only goes before a further cell that has text, so that no line ends in spaces.
void append_row(std::string& out, const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                const Table::Shape& shape) {
  std::size_t used = 0, padding = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string_view text = row[i].text;
    std::string shorter;
    bool last = i + 1 == row.size();
    std::size_t width = last && shape.width == 0 ? 0 : display_width(text);
    if (shape.width != 0 && last && used + width > shape.width) {
      shorter = clipped(text, shape.width > used ? shape.width - used : 0);
      text = shorter;
    }
    if (!text.empty()) {
      out.append(padding, ' ');
      padding = 0;
      append_colored(out, shape.color ? row[i].color : color::none, text);
    }
    if (last) break;
    padding += widths[i] - width + gap;
    used += widths[i] + gap;
  }
  out += '\n';
}

}  // namespace

std::vector<std::size_t> Table::column_widths() const {
  std::vector<std::size_t> widths;
  for (const std::vector<Cell>& row : rows_) {
    if (widths.size() < row.size()) widths.resize(row.size());
    for (std::size_t i = 0; i + 1 < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i].text));
  }
  return widths;
}

void Table::render(std::string& out, const Shape& shape) const {
  std::vector<std::size_t> widths = column_widths();
  std::size_t count = rows_.size();
  if (shape.max_rows != 0) count = std::min(count, shape.max_rows);
  for (std::size_t i = 0; i < count; ++i) append_row(out, rows_[i], widths, shape);
}

}  // namespace supd::ctl

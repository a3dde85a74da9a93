#include "ctl/progress.hpp"

#include <algorithm>

#include "ctl/text/join.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

bool state_explains_itself(State state) { return state == State::running || state == State::inactive; }

std::string line_of(std::string_view unit, State state, std::string_view cause) {
  std::string text = joined({visible(unit), ": ", state_name(state)});
  if (!cause.empty() && !state_explains_itself(state)) text += joined({", ", visible(cause)});
  return text;
}

std::string next_step(std::string_view unit) {
  std::string name = visible(unit);
  return joined({" (see 'supctl why ", name, "' and 'supctl logs ", name, "')"});
}

}  // namespace

Progress::Progress(Context& context)
    : context_(context), live_(context.terminal.is_terminal), shown_(!context.quiet() && !context.json()) {}

Progress::Row& Progress::row(const std::string& unit) {
  auto before = [](const Row& row, const std::string& name) { return row.unit < name; };
  auto place = std::lower_bound(rows_.begin(), rows_.end(), unit, before);
  if (place == rows_.end() || place->unit != unit) place = rows_.insert(place, Row{.unit = unit, .text = {}});
  return *place;
}

void Progress::update(const proto::UnitProgress& progress) {
  if (!shown_) return;
  Row& changed = row(progress.unit);
  std::string text = line_of(progress.unit, progress.state, progress.cause);
  if (changed.text == text) return;
  changed.state = progress.state;
  changed.text = std::move(text);
  if (live_) {
    changed_ = true;
  } else {
    context_.out.write(changed.text + "\n");
  }
}

std::size_t Progress::rows_that_fit() const {
  std::size_t most = context_.terminal.height > 2 ? context_.terminal.height - 2 : 1;
  return std::min(rows_.size(), most);
}

void Progress::paint() {
  if (live_ && changed_) {
    changed_ = false;
    clear();
    std::string& out = context_.out.buffer();
    std::size_t count = rows_that_fit();
    for (std::size_t i = 0; i < count; ++i) {
      const Row& shown = rows_[i];
      std::string text = clipped(shown.text, context_.terminal.width - 1);
      append_colored(out, context_.terminal.color ? state_color(shown.state) : color::none, text);
      out += '\n';
    }
    painted_ = count;
    if (count < rows_.size()) {
      out += joined({"and ", std::to_string(rows_.size() - count), " more\n"});
      ++painted_;
    }
  }
  context_.out.flush();
}

void Progress::clear() {
  if (painted_ != 0) context_.out.write(joined({"\x1b[", std::to_string(painted_), "A\r\x1b[J"}));
  painted_ = 0;
}

void Progress::finish(std::span<const proto::UnitResult> results, std::string_view done_text) {
  if (!shown_) return;
  clear();
  for (const proto::UnitResult& result : results) {
    std::string text = line_of(result.name, result.state, result.cause);
    if (result.ok && !done_text.empty()) text = joined({visible(result.name), ": ", done_text});
    if (!result.ok) text += next_step(result.name);
    if (!live_ && row(result.name).text == text) continue;  // the last plain line said just that
    State state = result.ok ? result.state : State::failed;
    std::string& out = context_.out.buffer();
    append_colored(out, context_.terminal.color ? state_color(state) : color::none, text);
    out += '\n';
  }
}

}  // namespace supd::ctl

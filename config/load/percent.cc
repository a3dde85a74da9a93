#include "config/load/percent.hpp"

#include "config/text/diagnostic.hpp"

namespace supd::config {
namespace {

void expand_text(Value& value, std::string_view argument, Problems& problems) {
  std::string out;
  std::string_view text = value.text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    char letter = at + 1 < text.size() ? text[at + 1] : '\0';
    if (letter == 'i') {
      out += argument;
    } else if (letter == '%') {
      out += '%';
    } else {
      problems.error(value.at, {}, in_quotes(text.substr(at, 2)) + " has no meaning in a template",
                     "write %% for a percent sign; %i is what stands behind the @");
      return;
    }
    ++at;
  }
  value.text = std::move(out);
}

}  // namespace

// Recursive, but never deeper than max_nesting of the reader.
void expand_percent(Value& value, std::string_view argument, Problems& problems) {
  if (value.type == Value::Type::text && value.text.find('%') != std::string::npos) {
    expand_text(value, argument, problems);
  }
  for (Value& item : value.items) expand_percent(item, argument, problems);
  for (Entry& entry : value.entries) expand_percent(entry.value, argument, problems);
}

}  // namespace supd::config

#include "config/manual/keys_page.hpp"

#include <vector>

#include "config/show/key_page.hpp"

namespace supd::config {
namespace {

std::string_view heading(const KeyPage& page) {
  if (page.info->path == "env") return "env";  // a key by its name, and a table by its looks
  return page.section().empty() ? std::string_view("Above all tables") : page.section();
}

void append_heading(std::string& out, const KeyPage& page) {
  std::string text(heading(page));
  out += ".Ss " + (text.find(' ') != std::string::npos ? text : "[" + text + "]") + "\n.Bl -tag -width Ds\n";
}

/// Words become a sentence.
std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return roff_text(text) + ".\n";
}

void append_key(std::string& out, const KeyPage& page) {
  const KeyInfo& key = *page.info;
  out += ".It Ic " + std::string(key.path) + "\n";
  out += sentence(std::string(key.help));
  out += ".Pp\n";
  out += sentence(std::string(key.type) + (page.bounds.empty() ? "" : ": " + page.bounds));
  out += sentence(page.standard.empty() ? "no default" : "default: " + page.standard);
  if (key.shape != nullptr)
    out +=
        sentence("a change " + (key.effect == Effect::live ? "is " : std::string()) + std::string(effect_text(page)));
  if (!key.example.empty()) out += ".Bd -literal -compact\n" + roff_text(example_text(page)) + ".Ed\n";
}

void append_later(std::string& out, const std::vector<std::string_view>& later) {
  if (later.empty()) return;
  out += ".Ss Keys of later versions\nThese are known, and errors in this version:\n";
  for (std::size_t i = 0; i < later.size(); ++i) {
    out += ".Ic " + std::string(later[i]) + (i + 1 == later.size() ? " .\n" : " ,\n");
  }
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string keys_page(bool of_unit) {
  std::string out = ".nh\n";  // a hyphen within a value would be taken for a part of it
  std::string_view open;
  std::vector<std::string_view> later;
  for (const KeyPage& page : key_pages()) {
    if (page.of_unit != of_unit) continue;
    if (!page.built) {
      later.push_back(page.info->path);
      continue;
    }
    if (heading(page) != open) {
      if (!open.empty()) out += ".El\n";
      open = heading(page);
      append_heading(out, page);
    }
    append_key(out, page);
  }
  if (!open.empty()) out += ".El\n";
  append_later(out, later);
  return out + ".hy\n";
}

}  // namespace supd::config

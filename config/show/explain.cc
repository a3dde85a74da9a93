#include "config/show/explain.hpp"

#include <algorithm>
#include <vector>

#include "config/show/key_page.hpp"
#include "config/show/schema.hpp"
#include "config/text/rapid.hpp"
#include "units/base/glob.hpp"
#include "units/base/nearest.hpp"

namespace supd::config {
namespace {

constexpr int no_such_key = 4;  ///< as supctl's exit code

/// The pages that are meant, and whether it is one key by its name.
struct Selection {
  std::vector<KeyPage> pages;
  bool one_key = false;
};

/// "[restart]" is the section, and each variable of [env] is explained by `env`.
std::string_view meant(std::string_view what) {
  if (what.starts_with('[') && what.ends_with(']')) what = what.substr(1, what.size() - 2);
  return what.starts_with("env.") && !is_glob(what) ? "env" : what;
}

Selection select(std::string_view what) {
  Selection selection;
  for (KeyPage& page : key_pages()) {
    selection.one_key = page.info->path == what;
    if (selection.one_key) selection.pages.clear();
    bool listed = what.empty() || page.section() == what || (is_glob(what) && glob_matches(what, page.info->path));
    if (selection.one_key || listed) selection.pages.push_back(std::move(page));
    if (selection.one_key) break;
  }
  return selection;
}

std::string hint_for(std::string_view what) {
  std::vector<std::string> names;
  for (const KeyPage& page : key_pages()) {
    if (page.info->leaf() == what) return "did you mean " + std::string(page.info->path) + "?";
    names.emplace_back(page.info->path);
    if (!page.section().empty()) names.emplace_back(page.section());
  }
  std::string near = nearest(what, names);
  return near.empty() ? "'supctl explain' lists all keys" : "did you mean " + near + "?";
}

std::string belongs_text(const KeyPage& page) {
  std::string table = page.section().empty() ? "above all tables" : "under [" + std::string(page.section()) + "]";
  if (!page.of_unit) return table + " of supd.toml";
  std::string below = page.section().empty() ? "" : "." + std::string(page.section());
  return table + " of the unit's file, or under [units.NAME" + below + "] of supd.toml";
}

void append_row(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out += "  " + std::string(name) + std::string(10 - name.size(), ' ');
  for (char c : text.substr(0, text.find_last_not_of('\n') + 1)) {
    out += c;
    if (c == '\n') out += std::string(12, ' ');
  }
  out += '\n';
}

std::string full_text(const KeyPage& page) {
  std::string out(page.info->path);
  if (!page.built) return out + ": " + not_built("this key") + "\n";
  out += ": " + std::string(page.info->help) + "\n";
  append_row(out, "type", page.info->type);
  append_row(out, "bounds", page.bounds);
  append_row(out, "default", page.standard.empty() ? "none" : page.standard);
  append_row(out, "a change", effect_text(page));
  append_row(out, "example", example_text(page));
  append_row(out, "where", belongs_text(page));
  return out;
}

std::string short_text(const std::vector<KeyPage>& pages) {
  std::size_t width = 0;
  for (const KeyPage& page : pages) width = std::max(width, page.info->path.size());
  std::string out;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const KeyPage& page = pages[i];
    bool first = i == 0 || pages[i - 1].of_unit != page.of_unit;
    if (first)
      out += std::string(i == 0 ? "" : "\n") + (page.of_unit ? "Of a unit:\n" : "Of supd itself, in supd.toml:\n");
    std::string_view path = page.info->path;
    out += "  " + std::string(path) + std::string(width - path.size() + 2, ' ');
    out += (page.built ? std::string(page.info->help) : std::string("(not built yet)")) + "\n";
  }
  return out;
}

void put_page(JsonWriter& writer, const KeyPage& page) {
  writer.StartObject();
  put_member(writer, "key", page.info->path);
  put_member(writer, "file", page.of_unit ? "unit" : "supd");
  put_key(writer, "built");
  writer.Bool(page.built);
  if (page.built) {
    put_member(writer, "help", page.info->help);
    put_member(writer, "type", page.info->type);
    put_member(writer, "bounds", page.bounds);
    put_member(writer, "default", page.standard);
    put_member(writer, "effect", page.info->effect == Effect::live ? "live" : "restart");
    put_member(writer, "example", page.info->example);
  }
  if (page.built && page.info->shape != nullptr) {
    put_key(writer, "schema");
    std::string schema = key_schema(page);
    writer.RawValue(schema.data(), schema.size(), rapidjson::kObjectType);
  }
  writer.EndObject();
}

std::string no_key(std::string_view what) { return "no key " + in_quotes(what); }

std::string error_json(std::string_view what, const std::string& hint) {
  JsonBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  put_key(writer, "version");
  writer.Int(1);
  put_key(writer, "error");
  writer.StartObject();
  put_key(writer, "code");
  writer.Int(no_such_key);
  put_member(writer, "message", no_key(what));
  put_member(writer, "advice", hint);
  writer.EndObject();
  writer.EndObject();
  return text_of(buffer) + "\n";
}

}  // namespace

Explanation explain(std::string_view what) {
  Selection selection = select(meant(what));
  if (selection.pages.empty()) return {false, no_key(what) + "; " + hint_for(meant(what)) + "\n"};
  return {true, selection.one_key ? full_text(selection.pages[0]) : short_text(selection.pages)};
}

Explanation explain_json(std::string_view what) {
  Selection selection = select(meant(what));
  if (selection.pages.empty()) return {false, error_json(what, hint_for(meant(what)))};
  JsonBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  put_key(writer, "version");
  writer.Int(1);
  put_key(writer, "keys");
  writer.StartArray();
  for (const KeyPage& page : selection.pages) put_page(writer, page);
  writer.EndArray();
  writer.EndObject();
  return {true, text_of(buffer) + "\n"};
}

}  // namespace supd::config

#include "config/show/sarif.hpp"

#include <map>

#include "config/keys/key_index.hpp"
#include "config/text/rapid.hpp"

namespace supd::config {
namespace {

constexpr std::string_view schema_uri = "https://json.schemastore.org/sarif-2.1.0.json";

struct Rule {
  std::size_t index = 0;
  std::string_view help;
};
/// By id. The index is the place in the document, which is in the order of ids too.
using Rules = std::map<std::string, Rule>;

template <class Target>
std::string_view help_of(std::span<const Key<Target>> keys, const KeyIndex& index, std::string_view path) {
  std::size_t place = index.find(path);
  return place == KeyIndex::none || keys[place].info.help.empty() ? path : keys[place].info.help;
}

bool is_known(std::string_view path) {
  return unit_key_index().find(path) != KeyIndex::none || unit_key_index().is_section(path) ||
         daemon_key_index().find(path) != KeyIndex::none || daemon_key_index().is_section(path);
}

/// A key that exists, never a name that the input made up.
std::string rule_id(const Diagnostic& d) {
  if (d.key.empty()) return "file";
  if (is_known(d.key)) return d.key;
  std::string section = d.key.substr(0, d.key.find('.'));
  return section == "env" || section == "units" ? section : "unknown-key";
}

std::string_view rule_text(std::string_view id) {
  if (id == "file") return "a file can be read, and is TOML";
  if (id == "unknown-key") return "every key is known";
  std::string_view help = help_of(unit_keys(), unit_key_index(), id);
  return help != id ? help : help_of(daemon_keys(), daemon_key_index(), id);
}

Rules rules_of(std::span<const Diagnostic> diagnostics) {
  Rules rules;
  for (const Diagnostic& d : diagnostics) rules.try_emplace(rule_id(d));
  std::size_t index = 0;
  for (auto& [id, rule] : rules) rule = {index++, rule_text(id)};
  return rules;
}

/// RFC 3986: everything but unreserved characters and slashes is percent-encoded.
std::string uri_of(const std::string& path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view marks = "-._~/";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (char c : path) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 marks.find(c) != std::string_view::npos;
    auto byte = static_cast<unsigned char>(c);
    out += plain ? std::string(1, c) : std::string{'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return out;
}

void put_number(JsonWriter& writer, std::string_view key, std::size_t number) {
  put_key(writer, key);
  writer.Uint64(number);
}

/// {"text": …}
void put_message(JsonWriter& writer, std::string_view key, std::string_view text) {
  put_key(writer, key);
  writer.StartObject();
  put_member(writer, "text", text);
  writer.EndObject();
}

void put_driver(JsonWriter& writer, const Rules& rules) {
  put_key(writer, "tool");
  writer.StartObject();
  put_key(writer, "driver");
  writer.StartObject();
  put_member(writer, "name", "supd");
  put_member(writer, "version", SUPD_VERSION);
  put_key(writer, "rules");
  writer.StartArray();
  for (const auto& [id, rule] : rules) {
    writer.StartObject();
    put_member(writer, "id", id);
    put_message(writer, "shortDescription", rule.help);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  writer.EndObject();
}

void put_region(JsonWriter& writer, const Diagnostic& d) {
  if (d.line == 0) return;
  put_key(writer, "region");
  writer.StartObject();
  put_number(writer, "startLine", d.line);
  if (d.column != 0) put_number(writer, "startColumn", d.column);
  writer.EndObject();
}

void put_locations(JsonWriter& writer, const Diagnostic& d) {
  put_key(writer, "locations");
  writer.StartArray();
  if (!d.file.empty()) {
    writer.StartObject();
    put_key(writer, "physicalLocation");
    writer.StartObject();
    put_key(writer, "artifactLocation");
    writer.StartObject();
    put_member(writer, "uri", uri_of(d.file));
    writer.EndObject();
    put_region(writer, d);
    writer.EndObject();
    writer.EndObject();
  }
  writer.EndArray();
}

void put_result(JsonWriter& writer, const Diagnostic& d, const Rules& rules) {
  std::string id = rule_id(d);
  writer.StartObject();
  put_member(writer, "ruleId", id);
  put_number(writer, "ruleIndex", rules.at(id).index);
  put_member(writer, "level", d.severity == Severity::error ? "error" : "warning");
  std::string text = (d.key.empty() ? "" : d.key + ": ") + d.message;
  put_message(writer, "message", d.hint.empty() ? text : text + " (" + d.hint + ")");
  put_locations(writer, d);
  writer.EndObject();
}

/// What was not kept is said, as the format has it: a notification of the tool about this run.
void put_invocations(JsonWriter& writer, std::size_t more) {
  if (more == 0) return;
  put_key(writer, "invocations");
  writer.StartArray();
  writer.StartObject();
  put_key(writer, "executionSuccessful");
  writer.Bool(true);
  put_key(writer, "toolExecutionNotifications");
  writer.StartArray();
  writer.StartObject();
  put_member(writer, "level", "note");
  put_message(writer, "message", "and " + std::to_string(more) + " more");
  writer.EndObject();
  writer.EndArray();
  writer.EndObject();
  writer.EndArray();
}

}  // namespace

std::string render_sarif(std::span<const Diagnostic> diagnostics, std::size_t more) {
  std::size_t shown = std::min(diagnostics.size(), max_diagnostics);
  more += diagnostics.size() - shown;
  diagnostics = diagnostics.first(shown);
  Rules rules = rules_of(diagnostics);
  JsonBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  put_member(writer, "$schema", schema_uri);
  put_member(writer, "version", "2.1.0");
  put_key(writer, "runs");
  writer.StartArray();
  writer.StartObject();
  put_driver(writer, rules);
  put_invocations(writer, more);
  put_member(writer, "columnKind", "unicodeCodePoints");
  put_key(writer, "results");
  writer.StartArray();
  for (const Diagnostic& d : diagnostics) put_result(writer, d, rules);
  writer.EndArray();
  writer.EndObject();
  writer.EndArray();
  writer.EndObject();
  return text_of(buffer) + "\n";
}

}  // namespace supd::config

#include <algorithm>

#include "config/text/diagnostic.hpp"
#include "config/text/rapid.hpp"

namespace supd::config {
namespace {

void put_number(JsonWriter& writer, std::string_view key, std::size_t number) {
  put_key(writer, key);
  writer.Uint64(number);
}

void put_diagnostic(JsonWriter& writer, const Diagnostic& d) {
  writer.StartObject();
  put_member(writer, "severity", d.severity == Severity::error ? "error" : "warning");
  put_member(writer, "file", d.file);
  put_number(writer, "line", d.line);
  put_number(writer, "column", d.column);
  put_member(writer, "key", d.key);
  put_member(writer, "message", d.message);
  put_member(writer, "hint", d.hint);
  writer.EndObject();
}

}  // namespace

std::string render_json(std::span<const Diagnostic> diagnostics, std::size_t more) {
  auto count = [&](Severity severity) {
    return static_cast<std::size_t>(std::ranges::count(diagnostics, severity, &Diagnostic::severity));
  };
  std::size_t shown = std::min(diagnostics.size(), max_diagnostics);
  JsonBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  put_number(writer, "version", 1);
  put_key(writer, "ok");
  writer.Bool(count(Severity::error) == 0);
  put_number(writer, "errors", count(Severity::error));
  put_number(writer, "warnings", count(Severity::warning));
  put_number(writer, "more", more + diagnostics.size() - shown);
  put_key(writer, "diagnostics");
  writer.StartArray();
  for (const Diagnostic& d : diagnostics.first(shown)) put_diagnostic(writer, d);
  writer.EndArray();
  writer.EndObject();
  return text_of(buffer) + "\n";
}

}  // namespace supd::config

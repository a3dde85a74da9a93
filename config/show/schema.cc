#include "config/show/schema.hpp"

#include "config/text/rapid.hpp"
#include "config/text/toml_reader.hpp"

namespace supd::config {
namespace {

constexpr std::string_view draft = "http://json-schema.org/draft-07/schema#";
constexpr std::string_view unit_reference = "#/definitions/unit";

void put_number(auto& writer, std::string_view key, const std::optional<std::int64_t>& number) {
  if (!number) return;
  put_key(writer, key);
  writer.Int64(*number);
}

void put_flag(auto& writer, std::string_view key, bool value) {
  put_key(writer, key);
  writer.Bool(value);
}

void put_bounds(auto& writer, const Shape& shape, std::string_view low, std::string_view high) {
  put_number(writer, low, shape.low);
  put_number(writer, high, shape.high);
}

void put_text_shape(auto& writer, const Shape& shape) {
  put_member(writer, "type", "string");
  if (!shape.pattern.empty()) put_member(writer, "pattern", shape.pattern);
  put_bounds(writer, shape, "minLength", "maxLength");
  if (shape.words.empty()) return;
  put_key(writer, "enum");
  writer.StartArray();
  for (const std::string& word : shape.words) put_text(writer, word);
  writer.EndArray();
}

void put_shape(auto& writer, const Shape& shape);

void put_object(auto& writer, const Shape& shape) {
  writer.StartObject();
  put_shape(writer, shape);
  writer.EndObject();
}

void put_table_shape(auto& writer, const Shape& shape) {
  put_member(writer, "type", "object");
  put_key(writer, "patternProperties");
  writer.StartObject();
  put_key(writer, shape.names);
  put_object(writer, shape.parts.at(0));
  writer.EndObject();
  put_flag(writer, "additionalProperties", false);
}

/// The members of the schema, without the braces. As deep as the shapes of our own keys.
void put_shape(auto& writer, const Shape& shape) {
  switch (shape.form) {
    case Shape::Form::flag: return put_member(writer, "type", "boolean");
    case Shape::Form::integer:
      put_member(writer, "type", "integer");
      return put_bounds(writer, shape, "minimum", "maximum");
    case Shape::Form::real:
      put_member(writer, "type", "number");
      return put_bounds(writer, shape, "minimum", "maximum");
    case Shape::Form::text: return put_text_shape(writer, shape);
    case Shape::Form::list:
      put_member(writer, "type", "array");
      put_key(writer, "items");
      put_object(writer, shape.parts.at(0));
      return put_bounds(writer, shape, "minItems", "maxItems");
    case Shape::Form::table: return put_table_shape(writer, shape);
    case Shape::Form::either:
      put_key(writer, "anyOf");
      writer.StartArray();
      for (const Shape& part : shape.parts) put_object(writer, part);
      writer.EndArray();
      return;
  }
}

/// A TOML value as JSON. No deeper than max_nesting.
void put_value(auto& writer, const Value& value) {
  switch (value.type) {
    case Value::Type::text: return put_text(writer, value.text);
    case Value::Type::integer: writer.Int64(value.integer); return;
    case Value::Type::real: writer.Double(value.real); return;
    case Value::Type::boolean: writer.Bool(value.boolean); return;
    case Value::Type::date: writer.Null(); return;
    case Value::Type::array:
      writer.StartArray();
      for (const Value& item : value.items) put_value(writer, item);
      writer.EndArray();
      return;
    case Value::Type::table:
      writer.StartObject();
      for (const Entry& entry : value.entries) {
        put_key(writer, entry.key);
        put_value(writer, entry.value);
      }
      writer.EndObject();
      return;
  }
}

void put_toml(auto& writer, std::string_view toml) {
  std::string text = "value = " + std::string(toml);
  Source source("", text);
  DiagnosticList list;
  Problems problems(source, list);
  std::optional<Value> document = read_toml(problems);
  const Entry* entry = document ? document->find("value") : nullptr;
  SUPD_ASSERT(entry != nullptr);  // it is our own text
  put_value(writer, entry->value);
}

void put_key_members(auto& writer, const KeyPage& page) {
  Shape shape = page.info->shape();
  std::string description = std::string(page.info->help) + "\n\n" + std::string(page.info->type);
  if (!shape.bounds.empty()) description += ": " + shape.bounds;
  put_member(writer, "description", description);
  put_shape(writer, shape);
  if (!page.standard.empty()) {
    put_key(writer, "default");
    put_toml(writer, page.standard);
  }
  put_key(writer, "examples");
  writer.StartArray();
  put_toml(writer, page.info->example);
  writer.EndArray();
}

void open_section(auto& writer, std::string_view section) {
  put_key(writer, section);
  writer.StartObject();
  put_member(writer, "type", "object");
  put_key(writer, "properties");
  writer.StartObject();
}

void close_section(auto& writer) {
  writer.EndObject();
  put_flag(writer, "additionalProperties", false);
  writer.EndObject();
}

/// All keys of units, or of supd itself, as properties of nested objects. Keys of one section follow each other.
void put_properties(auto& writer, bool of_unit) {
  std::string_view open;
  for (const KeyPage& page : key_pages()) {
    if (page.of_unit != of_unit || !page.built || page.info->shape == nullptr) continue;
    if (page.section() != open) {
      if (!open.empty()) close_section(writer);
      open = page.section();
      if (!open.empty()) open_section(writer, open);
    }
    put_key(writer, page.info->leaf());
    writer.StartObject();
    put_key_members(writer, page);
    writer.EndObject();
  }
  if (!open.empty()) close_section(writer);
}

void put_unit_members(auto& writer) {
  put_member(writer, "type", "object");
  put_key(writer, "properties");
  writer.StartObject();
  put_properties(writer, true);
  writer.EndObject();
  put_flag(writer, "additionalProperties", false);
}

void put_units(auto& writer) {
  put_key(writer, "defaults");
  writer.StartObject();
  put_member(writer, "$ref", unit_reference);
  writer.EndObject();
  put_key(writer, "units");
  writer.StartObject();
  put_member(writer, "description", "one table for each unit: [units.NAME]");
  put_member(writer, "type", "object");
  put_key(writer, "patternProperties");
  writer.StartObject();
  put_key(writer, unit_name_pattern);
  writer.StartObject();
  put_member(writer, "$ref", unit_reference);
  writer.EndObject();
  writer.EndObject();
  put_flag(writer, "additionalProperties", false);
  writer.EndObject();
}

std::string finished(const JsonBuffer& buffer) { return text_of(buffer) + "\n"; }

}  // namespace

std::string unit_schema() {
  JsonBuffer buffer;
  PrettyJsonWriter writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  put_member(writer, "$schema", draft);
  put_member(writer, "title", "unit file of supd");
  put_unit_members(writer);
  writer.EndObject();
  return finished(buffer);
}

std::string settings_schema() {
  JsonBuffer buffer;
  PrettyJsonWriter writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  put_member(writer, "$schema", draft);
  put_member(writer, "title", "supd.toml: settings of supd, and units");
  put_member(writer, "type", "object");
  put_key(writer, "properties");
  writer.StartObject();
  put_properties(writer, false);
  put_units(writer);
  writer.EndObject();
  put_flag(writer, "additionalProperties", false);
  put_key(writer, "definitions");
  writer.StartObject();
  put_key(writer, "unit");
  writer.StartObject();
  put_unit_members(writer);
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  return finished(buffer);
}

std::string key_schema(const KeyPage& page) {
  JsonBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  put_key_members(writer, page);
  writer.EndObject();
  return text_of(buffer);
}

}  // namespace supd::config

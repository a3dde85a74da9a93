#include "ctl/proto/change_codec.hpp"

#include <algorithm>

#include "ctl/proto/read_value.hpp"
#include "ctl/proto/write_value.hpp"

namespace supd::proto {
namespace {

void put_unit(JsonWriter& writer, const UnitChange& unit) {
  writer.StartObject();
  put_members(writer, unit);
  put_key(writer, "keys");
  put_array(writer, unit.keys);
  writer.EndObject();
}

template <class T>
void put_list(JsonWriter& writer, std::string_view name, const std::vector<T>& values) {
  put_key(writer, name);
  put_array(writer, values);
}

/// An array of values of that type, or nothing at all.
template <class T, class Read>
bool read_array(const JsonValue& json, std::vector<T>& out, Read read) {
  if (json.IsNull()) return true;
  if (!json.IsArray()) return false;
  out.reserve(std::min<std::size_t>(json.Size(), 1024));
  return std::ranges::all_of(json.GetArray(), [&](const JsonValue& entry) { return read(entry, out.emplace_back()); });
}

template <class T>
bool read_objects(const JsonValue& json, std::vector<T>& out) {
  return read_array(json, out, [](const JsonValue& entry, T& value) { return read_object(entry, value); });
}

bool read_unit(const JsonValue& json, UnitChange& out) {
  if (!read_object(json, out)) return false;
  auto keys = json.FindMember("keys");
  return keys == json.MemberEnd() || read_objects(keys->value, out.keys);
}

bool read_member(std::string_view name, const JsonValue& json, ChangeReport& out) {
  if (name == "counts") return read_object(json, out.counts);
  if (name == "units") return read_array(json, out.units, read_unit);
  if (name == "more") return get(json, out.more);
  if (name == "settings") return read_objects(json, out.settings);
  if (name == "notes") {
    return read_array(json, out.notes, [](const JsonValue& entry, std::string& note) { return get(entry, note); });
  }
  if (name == "warnings") return read_objects(json, out.warnings);
  if (name == "results") return read_objects(json, out.results);
  return true;
}

}  // namespace

void put_report(JsonWriter& writer, const ChangeReport& report) {
  writer.StartObject();
  put_key(writer, "counts");
  put_object(writer, report.counts);
  put_key(writer, "units");
  writer.StartArray();
  for (const UnitChange& unit : report.units) put_unit(writer, unit);
  writer.EndArray();
  put_key(writer, "more");
  writer.Uint64(report.more);
  put_list(writer, "settings", report.settings);
  put_key(writer, "notes");
  writer.StartArray();
  for (const std::string& note : report.notes) put_text(writer, note);
  writer.EndArray();
  put_list(writer, "warnings", report.warnings);
  put_list(writer, "results", report.results);
  writer.EndObject();
}

bool read_report(const JsonValue& json, ChangeReport& out) {
  return json.IsObject() && std::ranges::all_of(json.GetObject(), [&out](const auto& member) {
           return read_member(text_of(member.name), member.value, out);
         });
}

}  // namespace supd::proto

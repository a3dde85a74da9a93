#pragma once

/// Reads values by their field tables. Known to the codec only. Nothing is trusted: every type is
/// checked before a value is looked at.

#include "ctl/proto/fields.hpp"
#include "ctl/proto/rapid.hpp"
#include "units/base/base64.hpp"

namespace supd::proto {

/// Each get() stores a value and tells whether it was of the right type. null keeps the default.
inline bool get(const JsonValue& json, std::string& out) {
  if (!json.IsString()) return false;
  out = text_of(json);
  return true;
}
inline bool get(const JsonValue& json, bool& out) {
  if (!json.IsBool()) return false;
  out = json.GetBool();
  return true;
}
inline bool get(const JsonValue& json, int& out) {
  if (!json.IsInt()) return false;
  out = json.GetInt();
  return true;
}
inline bool get(const JsonValue& json, std::int64_t& out) {
  if (!json.IsInt64()) return false;
  out = json.GetInt64();
  return true;
}
inline bool get(const JsonValue& json, std::uint64_t& out) {
  if (!json.IsUint64()) return false;
  out = json.GetUint64();
  return true;
}
inline bool get(const JsonValue& json, State& out) { return json.IsString() && state_from_name(text_of(json), out); }

/// `text` or `base64`.
inline bool get_text_member(std::string_view name, const JsonValue& json, std::string& out) {
  if (name == "text") return get(json, out);
  if (name != "base64") return true;
  if (!json.IsString()) return false;
  auto bytes = base64_decode(text_of(json));
  if (!bytes) return false;
  out = std::move(*bytes);
  return true;
}

/// The field of that name, looked for from `hint` on: a writer that uses the same table sends them in
/// its order. nullptr: none.
template <class T>
const Field<T>* field_named(std::string_view name, std::size_t& hint) {
  const auto& table = FieldsOf<T>::table;
  for (std::size_t tried = 0; tried < table.size(); ++tried) {
    const Field<T>& field = table[hint];
    hint = hint + 1 == table.size() ? 0 : hint + 1;
    if (field.name == name) return &field;
  }
  return nullptr;
}

/// False when `json` is no object, or one of its members has a wrong type. Unknown members are ignored.
template <class T>
bool read_object(const JsonValue& json, T& out) {
  if (!json.IsObject()) return false;
  std::size_t hint = 0;
  for (const auto& member : json.GetObject()) {
    std::string_view name = text_of(member.name);
    if constexpr (std::is_same_v<T, LogRecord>) {
      if (!get_text_member(name, member.value, out.text)) return false;
      if (name == "run" && !member.value.IsNull() && !get(member.value, out.run)) return false;
    }
    const Field<T>* field = field_named<T>(name, hint);
    if (field == nullptr || member.value.IsNull()) continue;
    auto take = [&](auto pointer) { return get(member.value, out.*pointer); };
    if (!std::visit(take, field->member)) return false;
  }
  return true;
}

}  // namespace supd::proto

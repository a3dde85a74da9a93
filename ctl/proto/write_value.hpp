#pragma once

/// Writes values by their field tables. Known to the codec only.

#include "ctl/proto/fields.hpp"
#include "ctl/proto/rapid.hpp"
#include "ctl/proto/reply.hpp"

#include <type_traits>

namespace supd::proto {

inline void put(JsonWriter& writer, const std::string& value) { put_text(writer, value); }
inline void put(JsonWriter& writer, bool value) { writer.Bool(value); }
inline void put(JsonWriter& writer, int value) { writer.Int(value); }
inline void put(JsonWriter& writer, std::int64_t value) { writer.Int64(value); }
inline void put(JsonWriter& writer, std::uint64_t value) { writer.Uint64(value); }
inline void put(JsonWriter& writer, State value) {
  std::string_view name = state_name(value);
  writer.String(name.data(), json_size(name));
}

template <class T>
[[nodiscard]] bool is_left_out(const Field<T>& field, const T& value) {
  if (field.always) return false;
  return std::visit([&](auto member) { return value.*member == std::remove_cvref_t<decltype(value.*member)>{}; },
                    field.member);
}

/// The members, without the braces around them.
template <class T>
void put_members(JsonWriter& writer, const T& value, Form form = Form::full) {
  for (const Field<T>& field : FieldsOf<T>::table) {
    if ((form == Form::brief && !field.brief) || is_left_out(field, value)) continue;
    put_key(writer, field.name);
    std::visit([&](auto member) { put(writer, value.*member); }, field.member);
  }
}
void put_other_members(JsonWriter& writer, const LogRecord& record);

template <class T>
void put_object(JsonWriter& writer, const T& value, Form form = Form::full) {
  writer.StartObject();
  put_members(writer, value, form);
  if constexpr (std::is_same_v<T, LogRecord>) put_other_members(writer, value);
  writer.EndObject();
}

template <class Range>
void put_array(JsonWriter& writer, const Range& values) {
  writer.StartArray();
  for (const auto& value : values) put_object(writer, value);
  writer.EndArray();
}

}  // namespace supd::proto

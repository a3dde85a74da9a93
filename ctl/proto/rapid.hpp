#pragma once

/// RapidJSON as the codec's source files use it; nothing else includes this. Its own assertions guard
/// against misuse by us, never against input: types are checked before a value is looked at.

#include "units/base/assert.hpp"

#define RAPIDJSON_ASSERT(expression) SUPD_ASSERT(expression)
#define RAPIDJSON_NOEXCEPT_ASSERT(expression) SUPD_ASSERT(expression)
#define RAPIDJSON_HAS_STDSTRING 1

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <string_view>

namespace supd::proto {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;
using JsonValue = rapidjson::Value;

[[nodiscard]] inline rapidjson::SizeType json_size(std::string_view text) {
  return static_cast<rapidjson::SizeType>(text.size());
}
inline void put_key(JsonWriter& writer, std::string_view key) { writer.Key(key.data(), json_size(key)); }
[[nodiscard]] inline std::string_view text_of(const JsonValue& value) {
  return {value.GetString(), value.GetStringLength()};
}

/// A string value; bad bytes become U+FFFD.
void put_text(JsonWriter& writer, std::string_view text);

}  // namespace supd::proto

#pragma once

/// RapidJSON as the source files of config/ that write JSON use it. Nothing here parses.

#include "units/base/assert.hpp"

#define RAPIDJSON_ASSERT(expression) SUPD_ASSERT(expression)
#define RAPIDJSON_NOEXCEPT_ASSERT(expression) SUPD_ASSERT(expression)

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "units/base/utf8.hpp"

namespace supd::config {

using JsonBuffer = rapidjson::StringBuffer;
using JsonWriter = rapidjson::Writer<JsonBuffer>;
using PrettyJsonWriter = rapidjson::PrettyWriter<JsonBuffer>;

template <class Writer>
void put_key(Writer& writer, std::string_view key) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

/// A string value, always valid UTF-8.
template <class Writer>
void put_text(Writer& writer, std::string_view text) {
  std::string valid = replace_invalid_utf8(text);
  writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

template <class Writer>
void put_member(Writer& writer, std::string_view key, std::string_view text) {
  put_key(writer, key);
  put_text(writer, text);
}

[[nodiscard]] inline std::string text_of(const JsonBuffer& buffer) { return {buffer.GetString(), buffer.GetSize()}; }

}  // namespace supd::config

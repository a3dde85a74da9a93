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

#include "config/text/utf8.hpp"

namespace supd::config {

using JsonBuffer = rapidjson::StringBuffer;
using JsonWriter = rapidjson::Writer<JsonBuffer>;
using PrettyJsonWriter = rapidjson::PrettyWriter<JsonBuffer>;

/// `text` with U+FFFD in place of each byte that is no part of a character.
[[nodiscard]] inline std::string valid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = character_length(text);
    out += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

template <class Writer>
void put_key(Writer& writer, std::string_view key) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

/// A string value, always valid UTF-8.
template <class Writer>
void put_text(Writer& writer, std::string_view text) {
  std::string valid = valid_utf8(text);
  writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

template <class Writer>
void put_member(Writer& writer, std::string_view key, std::string_view text) {
  put_key(writer, key);
  put_text(writer, text);
}

[[nodiscard]] inline std::string text_of(const JsonBuffer& buffer) { return {buffer.GetString(), buffer.GetSize()}; }

}  // namespace supd::config

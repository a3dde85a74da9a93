/// libFuzzer target (built with -Dfuzz=true, clang): any bytes make one JSON string, on one line, without a control
/// character, that means these bytes if they were text.

#include <rapidjson/document.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/log/format/json_format.hpp"
#include "units/base/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  std::string json;
  supd::log::append_json_string(json, text);
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
  if (std::any_of(json.begin(), json.end(), is_control)) std::abort();
  rapidjson::Document parsed;
  parsed.Parse<rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
  if (parsed.HasParseError() || !parsed.IsString()) std::abort();
  std::string_view meant(parsed.GetString(), parsed.GetStringLength());
  if (meant != supd::replace_invalid_utf8(text)) std::abort();
  return 0;
}

#include "daemon/log/format/parse_json.hpp"

// RapidJSON's own assertions guard against misuse by us, never against input: types are checked before.
#include "units/base/assert.hpp"

#define RAPIDJSON_ASSERT(expression) SUPD_ASSERT(expression)
#define RAPIDJSON_NOEXCEPT_ASSERT(expression) SUPD_ASSERT(expression)

#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>

#include "daemon/log/format/parse_stamp.hpp"

namespace supd::log {
namespace {

/// The member of that name when it is a string.
const rapidjson::Value* string_of(const rapidjson::Value& object, const char* name) {
  auto found = object.FindMember(name);
  return found != object.MemberEnd() && found->value.IsString() ? &found->value : nullptr;
}

std::string_view view(const rapidjson::Value& string) { return {string.GetString(), string.GetStringLength()}; }

bool read_time(const rapidjson::Value& object, FileRecord& record) {
  const rapidjson::Value* time = string_of(object, "time");
  if (time == nullptr) return false;
  auto stamp = parse_stamp(view(*time));
  if (!stamp || stamp->size != time->GetStringLength()) return false;
  record.time_us = stamp->time_us;
  return true;
}

bool read_stream(const rapidjson::Value& object, FileRecord& record) {
  const rapidjson::Value* stream = string_of(object, "stream");
  if (stream == nullptr) return false;
  for (Origin origin : {Origin::out, Origin::err, Origin::supd}) {
    if (view(*stream) != word(origin)) continue;
    record.origin = origin;
    return true;
  }
  return false;
}

bool read_text(const rapidjson::Value& object, FileRecord& record) {
  const rapidjson::Value* text = string_of(object, "text");
  record.base64 = text == nullptr;
  if (text == nullptr) text = string_of(object, "base64");
  if (text != nullptr) record.text = view(*text);
  return text != nullptr;
}

/// What may be missing, and must not be of another type.
bool read_rest(const rapidjson::Value& object, FileRecord& record) {
  record.run = 0;
  record.partial = false;
  if (auto run = object.FindMember("run"); run != object.MemberEnd()) {
    if (!run->value.IsUint64()) return false;
    record.run = run->value.GetUint64();
  }
  if (auto partial = object.FindMember("partial"); partial != object.MemberEnd()) {
    if (!partial->value.IsBool()) return false;
    record.partial = partial->value.GetBool();
  }
  return true;
}

}  // namespace

bool parse_json_record(std::string_view line, FileRecord& record) {
  rapidjson::MemoryStream bytes(line.data(), line.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
  rapidjson::Document object;
  object.ParseStream<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(stream);
  if (object.HasParseError() || !object.IsObject()) return false;
  return read_time(object, record) && read_stream(object, record) && read_text(object, record) &&
         read_rest(object, record);
}

}  // namespace supd::log

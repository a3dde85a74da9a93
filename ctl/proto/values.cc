#include "ctl/proto/values.hpp"

#include "ctl/proto/change_codec.hpp"
#include "ctl/proto/write_value.hpp"
#include "units/base/base64.hpp"
#include "units/base/utf8.hpp"

namespace supd::proto {
namespace {

template <class T>
void append_object(std::string& out, const T& value) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  put_object(writer, value);
  out.append(buffer.GetString(), buffer.GetSize());
}

}  // namespace

void put_text(JsonWriter& writer, std::string_view text) {
  if (is_utf8(text)) {
    writer.String(text.data(), json_size(text));
    return;
  }
  std::string repaired = replace_invalid_utf8(text);
  writer.String(repaired.data(), json_size(repaired));
}

void put_other_members(JsonWriter& writer, const LogRecord& record) {
  if (record.run != 0) {
    put_key(writer, "run");
    put(writer, record.run);
  }
  if (is_utf8(record.text)) {
    put_key(writer, "text");
    writer.String(record.text.data(), json_size(record.text));
    return;
  }
  std::string encoded = base64_encode(record.text);
  put_key(writer, "base64");
  writer.String(encoded.data(), json_size(encoded));
}

void append_json(std::string& out, const UnitStatus& status) { append_object(out, status); }
void append_json(std::string& out, const UnitEvent& event) { append_object(out, event); }
void append_json(std::string& out, const UnitResult& result) { append_object(out, result); }
void append_json(std::string& out, const WhyStep& step) { append_object(out, step); }
void append_json(std::string& out, const ShownValue& value) { append_object(out, value); }
void append_json(std::string& out, const LogRecord& record) { append_object(out, record); }
void append_json(std::string& out, const Finding& finding) { append_object(out, finding); }
void append_json(std::string& out, const Hello& hello) { append_object(out, hello); }
void append_json(std::string& out, const Diagnostic& diagnostic) { append_object(out, diagnostic); }

void append_json(std::string& out, const ChangeReport& report) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  put_report(writer, report);
  out.append(buffer.GetString(), buffer.GetSize());
}

void append_json_string(std::string& out, std::string_view text) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  put_text(writer, text);
  out.append(buffer.GetString(), buffer.GetSize());
}

}  // namespace supd::proto

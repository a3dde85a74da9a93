#include "ctl/proto/request.hpp"

#include "ctl/proto/rapid.hpp"
#include "ctl/proto/request_fields.hpp"

namespace supd::proto {
namespace {

void put_param(JsonWriter& writer, std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  put_key(writer, name);
  writer.StartArray();
  for (const std::string& value : values) put_text(writer, value);
  writer.EndArray();
}

void put_param(JsonWriter& writer, std::string_view name, const std::optional<std::string>& value) {
  if (!value) return;
  put_key(writer, name);
  put_text(writer, *value);
}

void put_param(JsonWriter& writer, std::string_view name, std::optional<std::int64_t> value) {
  if (!value) return;
  put_key(writer, name);
  writer.Int64(*value);
}

void put_param(JsonWriter& writer, std::string_view name, std::optional<bool> value) {
  if (!value) return;
  put_key(writer, name);
  writer.Bool(*value);
}

}  // namespace

void write_request(std::string& out, std::int64_t id, std::string_view method, const Params& params) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  put_key(writer, "jsonrpc");
  put_text(writer, "2.0");
  put_key(writer, "id");
  writer.Int64(id);
  put_key(writer, "method");
  put_text(writer, method);
  put_key(writer, "params");
  writer.StartObject();
  for (const ParamField& field : param_fields) {
    std::visit([&](auto member) { put_param(writer, field.name, params.*member); }, field.member);
  }
  writer.EndObject();
  writer.EndObject();
  out.append(buffer.GetString(), buffer.GetSize());
  out += '\n';
}

}  // namespace supd::proto

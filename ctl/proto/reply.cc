#include "ctl/proto/reply.hpp"

#include "ctl/proto/change_codec.hpp"
#include "ctl/proto/write_value.hpp"

namespace supd::proto {
namespace {

constexpr std::string_view envelope = R"({"jsonrpc":"2.0",)";

/// What comes between the envelope and the end of the line, by a function that is given the writer.
template <class Body>
void append_body(std::string& out, Body body) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  body(writer);
  out.append(buffer.GetString(), buffer.GetSize());
}

void open_result(std::string& out, std::string_view id_json) {
  out.append(envelope).append(R"("id":)").append(id_json).append(R"(,"result":)");
}

template <class Body>
void write_result(std::string& out, std::string_view id_json, Body body) {
  open_result(out, id_json);
  append_body(out, body);
  out += "}\n";
}

/// A result that is one array with a name.
template <class T>
void write_list(std::string& out, std::string_view id_json, std::string_view name, std::span<const T> values) {
  write_result(out, id_json, [&](JsonWriter& writer) {
    writer.StartObject();
    put_key(writer, name);
    put_array(writer, values);
    writer.EndObject();
  });
}

/// `members` writes what stands behind the id inside params.
template <class Members>
void write_notification(std::string& out, std::string_view method, std::string_view id_json, Members members) {
  out.append(envelope).append(R"("method":")").append(method).append(R"(","params":)");
  append_body(out, [&](JsonWriter& writer) {
    writer.StartObject();
    put_key(writer, "id");
    writer.RawValue(id_json.data(), id_json.size(), rapidjson::kNumberType);
    members(writer);
    writer.EndObject();
  });
  out += "}\n";
}

void put_text_unless_empty(JsonWriter& writer, std::string_view name, const std::string& text) {
  if (text.empty()) return;
  put_key(writer, name);
  put_text(writer, text);
}

void put_fault_data(JsonWriter& writer, const RpcFault& fault) {
  if (fault.nearest.empty() && fault.hint.empty() && fault.units.empty() && fault.diagnostics.empty()) return;
  put_key(writer, "data");
  writer.StartObject();
  put_text_unless_empty(writer, "nearest", fault.nearest);
  put_text_unless_empty(writer, "hint", fault.hint);
  if (!fault.units.empty()) {
    put_key(writer, "units");
    put_array(writer, fault.units);
  }
  if (!fault.diagnostics.empty()) {
    put_key(writer, "diagnostics");
    put_array(writer, fault.diagnostics);
    put_text_unless_empty(writer, "text", fault.text);
  }
  writer.EndObject();
}

}  // namespace

void write_hello(std::string& out, std::string_view id_json, const Hello& hello) {
  write_result(out, id_json, [&](JsonWriter& writer) { put_object(writer, hello); });
}

void write_empty(std::string& out, std::string_view id_json) {
  open_result(out, id_json);
  out += "{}}\n";
}

void write_results(std::string& out, std::string_view id_json, std::span<const UnitResult> units) {
  write_list(out, id_json, "units", units);
}

void write_why(std::string& out, std::string_view id_json, std::span<const WhyStep> chain) {
  write_list(out, id_json, "chain", chain);
}

void write_shown(std::string& out, std::string_view id_json, std::span<const ShownValue> values,
                 const std::string& toml) {
  write_result(out, id_json, [&](JsonWriter& writer) {
    writer.StartObject();
    put_key(writer, "values");
    put_array(writer, values);
    put_text_unless_empty(writer, "toml", toml);
    writer.EndObject();
  });
}

void write_change(std::string& out, std::string_view id_json, const ChangeReport& report) {
  write_result(out, id_json, [&](JsonWriter& writer) { put_report(writer, report); });
}

void write_findings(std::string& out, std::string_view id_json, std::span<const Finding> findings) {
  write_list(out, id_json, "findings", findings);
}

void write_fault(std::string& out, const RpcFault& fault) {
  out.append(envelope).append(R"("id":)").append(fault.id_json).append(R"(,"error":)");
  append_body(out, [&](JsonWriter& writer) {
    writer.StartObject();
    put_key(writer, "code");
    writer.Int(fault.code);
    put_key(writer, "message");
    put_text(writer, fault.message);
    put_fault_data(writer, fault);
    writer.EndObject();
  });
  out += "}\n";
}

void write_progress(std::string& out, std::string_view id_json, const UnitProgress& progress) {
  write_notification(out, "progress", id_json, [&](JsonWriter& writer) { put_members(writer, progress); });
}

void write_log(std::string& out, std::string_view id_json, std::span<const LogRecord> records) {
  write_notification(out, "log", id_json, [&](JsonWriter& writer) {
    put_key(writer, "records");
    put_array(writer, records);
  });
}

void write_log_files(std::string& out, std::string_view id_json, std::span<const LogSource> files) {
  write_notification(out, "log_file", id_json, [&](JsonWriter& writer) {
    put_key(writer, "files");
    put_array(writer, files);
  });
}

void write_events(std::string& out, std::string_view id_json, std::span<const UnitEvent> events) {
  write_notification(out, "event", id_json, [&](JsonWriter& writer) {
    put_key(writer, "events");
    put_array(writer, events);
  });
}

void begin_status(std::string& out, std::string_view id_json) {
  open_result(out, id_json);
  out += R"({"version":1,"units":[)";
}

void add_status(std::string& out, std::span<const UnitStatus> units, bool first, Form form) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  for (const UnitStatus& unit : units) {
    if (!first) buffer.Put(',');
    first = false;
    writer.Reset(buffer);
    put_object(writer, unit, form);
  }
  out.append(buffer.GetString(), buffer.GetSize());
}

void end_status(std::string& out) { out += "]}}\n"; }

void write_status(std::string& out, std::string_view id_json, std::span<const UnitStatus> units) {
  begin_status(out, id_json);
  add_status(out, units, true);
  end_status(out);
}

}  // namespace supd::proto

#include "daemon/log/format/journal_format.hpp"

#include "units/base/utf8.hpp"

namespace supd::log {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += '=';
  out += value;
  out += '\n';
}

/// The form that takes any bytes: the name, a newline, the length in 64 bits with the lowest first, the bytes.
void append_binary_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += '\n';
  for (unsigned shift = 0; shift < 64; shift += 8)
    out += static_cast<char>(std::uint64_t{value.size()} >> shift & 0xFFU);
  out += value;
  out += '\n';
}

void append_message(std::string& out, std::string_view text) {
  bool plain = text.find('\n') == std::string_view::npos && is_utf8(text);
  (plain ? append_field : append_binary_field)(out, "MESSAGE", text);
}

}  // namespace

void append_journal_record(Datagrams& out, const SharedRecord& record) {
  out.begin();
  std::string& bytes = out.bytes();
  append_field(bytes, "PRIORITY", std::to_string(static_cast<int>(record.severity)));
  append_field(bytes, "SYSLOG_IDENTIFIER", record.unit.empty() ? "supd" : record.unit);
  if (record.run.pid != 0) append_field(bytes, "SYSLOG_PID", std::to_string(record.run.pid));
  if (!record.unit.empty()) append_field(bytes, "SUPD_UNIT", record.unit);
  if (record.run.run.valid()) append_field(bytes, "SUPD_RUN", std::to_string(record.run.run.value));
  append_field(bytes, "SUPD_STREAM", word(record.origin));
  append_field(bytes, "SUPD_TIME", record.stamp);
  if (record.goes_on) append_field(bytes, "SUPD_PARTIAL", "1");
  append_message(bytes, record.text);
  out.end();
}

}  // namespace supd::log

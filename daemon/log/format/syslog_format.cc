#include "daemon/log/format/syslog_format.hpp"

#include <algorithm>

namespace supd::log {
namespace {

constexpr std::size_t max_app_name = 48, max_host = 255;

/// Printable ASCII without spaces, as names in the header have to be; "-" for nothing.
std::string header_name(std::string_view text, std::size_t longest) {
  std::string out(text.substr(0, longest));
  std::ranges::replace_if(
      out, [](char c) { return c <= ' ' || c > '~'; }, '?');
  return out.empty() ? "-" : out;
}

void append_parameter(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "=\"";
  for (char c : value) {
    if (c == '"' || c == '\\' || c == ']') out += '\\';
    out += c;
  }
  out += '"';
}

void append_header(std::string& out, const SyslogSource& source, const SharedRecord& record) {
  out += '<' + std::to_string(source.facility * 8 + static_cast<unsigned>(record.severity)) + ">1 ";
  out += record.stamp;
  out += ' ' + source.host + ' ';
  out += record.unit.empty() ? "supd" : header_name(record.unit, max_app_name);
  out += ' ' + (record.run.pid == 0 ? "-" : std::to_string(record.run.pid)) + ' ';
  out += word(record.origin);
}

void append_data(std::string& out, const SharedRecord& record, bool goes_on) {
  bool has_run = record.run.run.valid();
  if (record.unit.empty() && !has_run && !goes_on) {
    out += " -";
    return;
  }
  // The number of RFC 5612: there is none of supd's own.
  out += " [supd@32473";
  if (!record.unit.empty()) append_parameter(out, "unit", record.unit);
  if (has_run) append_parameter(out, "run", std::to_string(record.run.run.value));
  if (goes_on) append_parameter(out, "partial", "1");
  out += ']';
}

/// How much of `text` fits into `room` without cutting a character of UTF-8 in two, if it is one.
std::size_t cut_at(std::string_view text, std::size_t room) {
  if (text.size() <= room) return text.size();
  std::size_t at = room;
  while (at > 0 && room - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return at == 0 || room - at >= 4 ? room : at;
}

}  // namespace

void append_syslog_record(Datagrams& out, const SyslogSource& source, const SharedRecord& record) {
  std::string_view rest = record.text;
  std::string header;
  append_header(header, source, record);
  constexpr std::size_t data_room = 256;  // of the structured data, at its longest
  std::size_t room = max_syslog_message - header.size() - data_room;
  do {
    std::size_t size = cut_at(rest, room);
    bool goes_on = record.goes_on || size < rest.size();
    out.begin();
    std::string& bytes = out.bytes();
    bytes += header;
    append_data(bytes, record, goes_on);
    bytes += ' ';
    std::size_t text = bytes.size();
    bytes += rest.substr(0, size);
    std::replace(bytes.begin() + static_cast<std::ptrdiff_t>(text), bytes.end(), '\n', ' ');
    out.end();
    rest.remove_prefix(size);
  } while (!rest.empty());
}

std::string syslog_host(std::string_view name) { return header_name(name, max_host); }

}  // namespace supd::log

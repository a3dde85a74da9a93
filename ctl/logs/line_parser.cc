#include "ctl/logs/line_parser.hpp"

#include "daemon/log/format/parse_json.hpp"
#include "daemon/log/format/parse_text.hpp"
#include "units/base/base64.hpp"

namespace supd::ctl::logs {

void LineParser::parse(const FileLine& line, proto::LogRecord& out) {
  if (out.unit != unit_) out.unit = unit_;
  bool known = !line.continues && kind_ != FileKind::raw && parse_record(line.text, out);
  if (!known) take_as_is(line.text, out);
  if (!line.continues) is_stderr_ = out.is_stderr;
  if (line.continues) out.is_stderr = is_stderr_;
  if (line.goes_on) out.partial = true;
  time_us_ = out.time_us;
}

bool LineParser::parse_record(std::string_view line, proto::LogRecord& out) {
  bool is_json = line.starts_with('{');
  if (!(is_json ? log::parse_json_record(line, record_) : log::parse_text_record(line, record_))) return false;
  take_over(out);
  return true;
}

void LineParser::take_over(proto::LogRecord& out) {
  out.time_us = record_.time_us;
  out.is_stderr = record_.origin == log::Origin::err;
  out.note = record_.origin == log::Origin::supd;
  out.partial = record_.partial;
  out.run = record_.run;
  out.text.swap(record_.text);
  if (!record_.base64) return;
  // What no encoder wrote is shown as it stands.
  if (auto bytes = base64_decode(out.text)) out.text = std::move(*bytes);
}

void LineParser::take_as_is(std::string_view line, proto::LogRecord& out) {
  out.time_us = time_us_;
  out.is_stderr = out.note = out.partial = false;
  out.run = 0;
  out.text.assign(line);
}

}  // namespace supd::ctl::logs

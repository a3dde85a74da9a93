#pragma once

/// The format of log files with `format = "json"`, one object per line (RFC 8259, always UTF-8):
///
///   {"time":"2026-11-23T13:26:21.123456Z","unit":"web","run":3,"stream":"stdout","text":"listening"}
///
/// `stream` is stdout, stderr, or supd for a note of supd itself, which has no `run` unless it is a run marker
/// (run_marker.hpp). A piece whose line goes on in the next record of its stream has "partial":true. A text
/// that is no UTF-8 is there as "base64" (RFC 4648, with padding) in place of "text", so nothing is lost; a
/// child can't forge a record.

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/log/format/line.hpp"
#include "units/base/ids.hpp"

namespace supd::log {

void append_json_record(std::string& out, std::string_view stamp, std::string_view unit, RunId run, Stream stream,
                        const Line& line);
void append_json_note(std::string& out, std::string_view stamp, std::string_view unit, std::string_view text,
                      RunId run = {});

/// A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD, one each.
void append_json_string(std::string& out, std::string_view bytes);

}  // namespace supd::log

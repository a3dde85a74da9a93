#pragma once

/// A record as syslog takes it: RFC 5424, one message per datagram (RFC 5426 for UDP), with no newline behind.
///
///   <30>1 2026-11-23T13:26:21.123456Z HOST web 812 stdout [supd@32473 unit="web" run="3"] listening
///
/// APP-NAME is the unit, cut to 48 bytes, or supd; PROCID the pid of the run's main process; MSGID the stream:
/// stdout, stderr, or supd for its own notes. MSG is the text, unchanged: nobody knows in which encoding the child
/// writes, so it has no byte order mark, which would say UTF-8; a newline, which only a note may have, is a space
/// there. A text that does not fit into one message of max_syslog_message bytes is several of them, with
/// partial="1" in all but the last; as for pieces of a line, joining them gives the line back.

#include <string>

#include "daemon/log/format/shared_record.hpp"

namespace supd::log {

/// What common receivers take by default (RFC 5424, section 6.1 wants 2048 at least).
inline constexpr std::size_t max_syslog_message = 8192;

struct SyslogSource {
  unsigned facility = 3;   ///< 0 to 23
  std::string host = "-";  ///< see syslog_host()
};

void append_syslog_record(Datagrams& out, const SyslogSource& source, const SharedRecord& record);

/// A name as HOSTNAME may have it: printable ASCII, at most 255 bytes; "-" for none.
[[nodiscard]] std::string syslog_host(std::string_view name);

}  // namespace supd::log

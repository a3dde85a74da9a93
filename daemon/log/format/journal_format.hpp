#pragma once

/// A record as systemd-journald takes it: "Native Journal Protocol" of the systemd documentation, one datagram
/// per record.
///
///   MESSAGE            the text
///   PRIORITY           6 for stdout, 4 for stderr, 5 for notes of supd's own
///   SYSLOG_IDENTIFIER  the unit; supd for supd itself
///   SYSLOG_PID         of the run's main process
///   SUPD_UNIT, SUPD_RUN, SUPD_STREAM (stdout, stderr or supd)
///   SUPD_TIME          the stamp: when supd read it
///   SUPD_PARTIAL=1     a piece: its line goes on in the next record of that unit and stream

#include "daemon/log/format/shared_record.hpp"

namespace supd::log {

void append_journal_record(Datagrams& out, const SharedRecord& record);

}  // namespace supd::log

#pragma once

/// What the server says: results, errors and notifications. Every writer appends one frame, newline
/// included, to `out`. `id_json` is Request::id_json of the request that it belongs to.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ctl/proto/messages.hpp"

namespace supd::proto {

void write_hello(std::string& out, std::string_view id_json, const Hello& hello);
void write_empty(std::string& out, std::string_view id_json);  ///< result {}
void write_results(std::string& out, std::string_view id_json, std::span<const UnitResult> units);
void write_why(std::string& out, std::string_view id_json, std::span<const WhyStep> chain);
/// `toml`: the unit file, or "" when it was not asked for.
void write_shown(std::string& out, std::string_view id_json, std::span<const ShownValue> values,
                 const std::string& toml = {});
void write_change(std::string& out, std::string_view id_json, const ChangeReport& report);
void write_findings(std::string& out, std::string_view id_json, std::span<const Finding> findings);
/// The error goes to `fault.id_json`.
void write_fault(std::string& out, const RpcFault& fault);

void write_progress(std::string& out, std::string_view id_json, const UnitProgress& progress);
void write_log(std::string& out, std::string_view id_json, std::span<const LogRecord> records);
void write_log_files(std::string& out, std::string_view id_json, std::span<const LogSource> files);
void write_events(std::string& out, std::string_view id_json, std::span<const UnitEvent> events);

enum class Form : std::uint8_t { full, brief };

/// The result of `status`, which may be long: written unit by unit, so that the writer may rest in
/// between. begin, add..., end; `out` holds a whole frame only after end().
void begin_status(std::string& out, std::string_view id_json);
void add_status(std::string& out, std::span<const UnitStatus> units, bool first, Form form = Form::full);
void end_status(std::string& out);
/// All three in one.
void write_status(std::string& out, std::string_view id_json, std::span<const UnitStatus> units);

}  // namespace supd::proto

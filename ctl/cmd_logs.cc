#include "ctl/commands.hpp"
#include "ctl/log_job.hpp"
#include "ctl/log_view.hpp"
#include "ctl/selection.hpp"
#include "ctl/stream.hpp"

namespace supd::ctl {
namespace {

/// A supd that does not tell where its files are gives what it has in memory.
Ending from_old_supd(Context& context, LogJob& job) {
  proto::Params params;
  params.units = context.options.units;
  params.lines = wanted_lines(context.options);
  if (context.options.follow) params.follow = true;
  return stream(context, "logs", params, "log", [&](const proto::Message& message) -> Try<void> {
    auto records = readable(message.records());
    if (!records) return std::unexpected(std::move(records.error()));
    for (const proto::LogRecord& record : *records) {
      if (job.selection().accepts(record)) job.show(record);
    }
    return {};
  });
}

}  // namespace

Ending run_logs(Context& context) {
  auto selection = log_selection(context.options);
  if (!selection) return std::unexpected(std::move(selection.error()));
  LogJob job(context, std::move(*selection));
  if (auto found = job.find_sources(); !found) {
    if (job.is_old_supd()) return from_old_supd(context, job);
    return std::unexpected(std::move(found.error()));
  }
  job.add_all();
  auto past = job.ask_memory();
  if (!past) return std::unexpected(std::move(past.error()));
  job.show_past(std::move(*past));
  if (context.options.follow) return follow_logs(job);
  job.show_rest();
  job.tell_troubles();
  return Outcome::done;
}

}  // namespace supd::ctl

#pragma once

/// The options and arguments of each verb, in terms of CLI11. Each function binds members of `options`,
/// which must outlive the parse.

#include "ctl/options.hpp"

namespace CLI {
class App;
}

namespace supd::ctl {

void declare_global(CLI::App& app, Options& options);

void declare_nothing(CLI::App& app, Options& options);
void declare_units(CLI::App& app, Options& options);       ///< UNIT..., at least one
void declare_some_units(CLI::App& app, Options& options);  ///< UNIT..., or none
void declare_unit(CLI::App& app, Options& options);        ///< UNIT, exactly one
void declare_status(CLI::App& app, Options& options);
void declare_operation(CLI::App& app, Options& options);  ///< start, stop, restart
void declare_wait(CLI::App& app, Options& options);
void declare_signal(CLI::App& app, Options& options);
void declare_logs(CLI::App& app, Options& options);
void declare_events(CLI::App& app, Options& options);
void declare_show(CLI::App& app, Options& options);
void declare_check(CLI::App& app, Options& options);
void declare_explain(CLI::App& app, Options& options);
void declare_schema(CLI::App& app, Options& options);
void declare_diff(CLI::App& app, Options& options);
void declare_apply(CLI::App& app, Options& options);
void declare_enabling(CLI::App& app, Options& options);  ///< enable, disable
void declare_scale(CLI::App& app, Options& options);
void declare_doctor(CLI::App& app, Options& options);
void declare_machine_end(CLI::App& app, Options& options);  ///< poweroff, reboot, halt
void declare_completion(CLI::App& app, Options& options);

}  // namespace supd::ctl

#pragma once

/// The verbs, each in its cmd_*.cc.

#include "ctl/context.hpp"

namespace supd::ctl {

[[nodiscard]] Ending run_status(Context& context);
[[nodiscard]] Ending run_start(Context& context);
[[nodiscard]] Ending run_stop(Context& context);
[[nodiscard]] Ending run_restart(Context& context);
[[nodiscard]] Ending run_wait(Context& context);
[[nodiscard]] Ending run_signal(Context& context);
[[nodiscard]] Ending run_reset(Context& context);
[[nodiscard]] Ending run_reopen(Context& context);
[[nodiscard]] Ending run_logs(Context& context);
[[nodiscard]] Ending run_events(Context& context);
[[nodiscard]] Ending run_why(Context& context);
[[nodiscard]] Ending run_show(Context& context);
[[nodiscard]] Ending run_check(Context& context);
[[nodiscard]] Ending run_explain(Context& context);
[[nodiscard]] Ending run_schema(Context& context);
[[nodiscard]] Ending run_diff(Context& context);
[[nodiscard]] Ending run_apply(Context& context);
[[nodiscard]] Ending run_enable(Context& context);
[[nodiscard]] Ending run_disable(Context& context);
[[nodiscard]] Ending run_mask(Context& context);
[[nodiscard]] Ending run_unmask(Context& context);
[[nodiscard]] Ending run_scale(Context& context);
[[nodiscard]] Ending run_doctor(Context& context);
[[nodiscard]] Ending run_doctor_kernel(Context& context);  ///< doctor --kernel
[[nodiscard]] Ending run_shutdown(Context& context);
[[nodiscard]] Ending run_poweroff(Context& context);
[[nodiscard]] Ending run_reboot(Context& context);
[[nodiscard]] Ending run_halt(Context& context);
[[nodiscard]] Ending run_completion(Context& context);
[[nodiscard]] Ending run_version(Context& context);

}  // namespace supd::ctl

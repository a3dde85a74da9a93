#pragma once

/// What this process may do that others may not (capabilities(7)).

namespace supd::config {

/// Whether it may raise hard limits: CAP_SYS_RESOURCE is in its effective set. False when nobody can tell.
[[nodiscard]] bool may_raise_limits();

}  // namespace supd::config

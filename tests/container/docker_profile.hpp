#pragma once

/// What the default seccomp profile of Docker Engine 25 refuses, by libseccomp. The profile is a list of what is
/// allowed; this is the other side of it, as the documentation of Docker has it, for an unprivileged container.

namespace supd::container {

/// For this process and all that come of it. False, with errno: it can't be done here.
[[nodiscard]] bool apply_docker_profile();

/// Profiles that are older than pidfd_open(2) refuse that, too. As above.
[[nodiscard]] bool refuse_pidfd_open();

}  // namespace supd::container

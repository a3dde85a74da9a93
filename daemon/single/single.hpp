#pragma once

/// One program under supd, as tini, dumb-init and catatonit do it: `supd -- COMMAND`. No ring, no loop, no
/// unit files; what it does not need is neither loaded nor parsed.

namespace supd::single {

/// The whole life of this mode, for a command line that requested() is true for. Returns supd's exit code: that
/// of the program, or 128 and its signal, remapped; 127, 126: it can't be run; 2: bad usage.
[[nodiscard]] int run(int argc, char** argv);

}  // namespace supd::single

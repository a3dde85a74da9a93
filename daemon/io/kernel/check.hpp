#pragma once

/// What supd expects of the kernel's io_uring, as checks that can be run one by one. Nothing here knows a
/// version number: a check does what the engine does and looks at what comes back.
///
/// This folder needs liburing and the C++ library only, because other programs compile it too.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace supd::kernel {

enum class Verdict : std::uint8_t { pass, fail, not_supported };

/// vital: the engine would lose output or exits of children without it, or stand still. useful: the rest.
enum class Need : std::uint8_t { vital, useful };

struct Outcome {
  Verdict verdict = Verdict::pass;
  std::string detail;  ///< what was seen, for people; empty when it passed
};

struct Check {
  std::string_view name;  ///< kebab-case, never changes
  std::string_view what;  ///< the behaviour that is expected, one line
  std::string_view fix;   ///< the upstream commit that a failing kernel may lack, or ""
  Need need = Need::useful;
  Outcome (*run)() = nullptr;
};

/// Checks that can run inside any process on any kernel, a broken one too: every wait has a time limit, no child,
/// descriptor or request is left behind, only own children are waited for. The caller must be the only
/// thread that starts children or changes SIGCHLD meanwhile: a check sets SIGCHLD to its default and back.
std::span<const Check> quick_checks();

/// The parts of quick_checks().
std::span<const Check> waitid_checks();
std::span<const Check> linked_checks();
std::span<const Check> read_checks();
std::span<const Check> read_rule_checks();

}  // namespace supd::kernel

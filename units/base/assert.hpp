#pragma once

/// Always-on assertion for programmer errors: prints the expression and aborts, in release builds
/// too. Input from outside (files, clients, children) must never be able to trip one.

#include <cstdio>
#include <cstdlib>

namespace supd {

[[noreturn]] inline void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "supd: internal error: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace supd

#define SUPD_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::supd::assertion_failed(#expression, __FILE__, __LINE__))

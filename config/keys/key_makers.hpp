#pragma once

/// How the rows of the key tables are made.

#include "config/keys/keys.hpp"

namespace supd::config {

/// A key that is one member of its target, read and shown by `Codec`; `members` lead to it.
template <class Target, class Codec, auto... members>
[[nodiscard]] constexpr Key<Target> plain_key(std::string_view path, std::string_view help, bool needs_process,
                                              Effect effect) {
  return {{path, Codec::type, Codec::example, help, effect, Codec::shape},
          [](const Field& field, Target& target) {
            if (auto value = Codec::read(field)) (target.*....*members) = std::move(*value);
          },
          [](const Target& target) { return Codec::show((target.*....*members)); },
          needs_process};
}

/// A key that the documentation has and this version has not.
template <class Target>
[[nodiscard]] constexpr Key<Target> later_key(std::string_view path) {
  return {{path, {}, {}, {}}, nullptr, nullptr, false};
}

}  // namespace supd::config

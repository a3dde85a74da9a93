#pragma once

/// Strong identifiers. A `UnitId` is an index that is stable for the life of the configuration; a
/// `RunId` names one life of a unit's process and is never used twice.

#include <compare>
#include <cstdint>
#include <functional>

namespace supd {

struct UnitId {
  std::uint32_t value = UINT32_MAX;
  auto operator<=>(const UnitId&) const = default;
  [[nodiscard]] bool valid() const { return value != UINT32_MAX; }
};

struct RunId {
  std::uint64_t value = 0;  ///< 0: no run
  auto operator<=>(const RunId&) const = default;
  [[nodiscard]] bool valid() const { return value != 0; }
};

}  // namespace supd

template <>
struct std::hash<supd::UnitId> {
  std::size_t operator()(supd::UnitId id) const noexcept { return id.value; }
};
template <>
struct std::hash<supd::RunId> {
  std::size_t operator()(supd::RunId id) const noexcept { return id.value; }
};

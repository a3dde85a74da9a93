#pragma once

/// The members of `params`: name and place, once, for the writer and the reader. Known to the codec only.

#include <array>
#include <variant>

#include "ctl/proto/request.hpp"

namespace supd::proto {

struct ParamField {
  std::string_view name;
  std::variant<std::vector<std::string> Params::*, std::optional<std::string> Params::*,
               std::optional<std::int64_t> Params::*, std::optional<bool> Params::*>
      member;
};

inline constexpr std::array param_fields{
    ParamField{"units", &Params::units},   ParamField{"unit", &Params::unit},
    ParamField{"wait", &Params::wait},     ParamField{"timeout_ms", &Params::timeout_ms},
    ParamField{"signal", &Params::signal}, ParamField{"for", &Params::condition},
    ParamField{"key", &Params::key},       ParamField{"lines", &Params::lines},
    ParamField{"follow", &Params::follow}, ParamField{"brief", &Params::brief},
    ParamField{"now", &Params::now},       ParamField{"watch_ready_ms", &Params::watch_ready_ms},
    ParamField{"reveal", &Params::reveal}, ParamField{"toml", &Params::toml},
    ParamField{"how", &Params::how},
};

}  // namespace supd::proto

#pragma once

/// What one-program mode tells its user: lines on stderr that begin with "supd: ", each in one write(2).

#include <initializer_list>
#include <string_view>

namespace supd::single {

void say(std::initializer_list<std::string_view> parts);

}  // namespace supd::single

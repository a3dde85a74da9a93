// SPDX-License-Identifier: GPL-2.0-only
#include "waitid_trial.hpp"

namespace conformance {

Children start_children(Trial& trial, std::size_t count) {
  Children children;
  while (trial.good() && children.size() < count) {
    children.push_back(std::make_unique<Child>());
    trial.expect_valid(*children.back());
  }
  return children;
}

}  // namespace conformance

#pragma once

/// Every integration test runs on each engine, named so in the test's name.

#include <gtest/gtest.h>

#include <string>

#include "tests/integration/daemon.hpp"

namespace supd::integration {

/// Why the engine can't be used on this machine; "" when it can.
[[nodiscard]] std::string missing_engine(const std::string& engine);

/// A test with a supd that is not started yet.
struct OnEachEngine : testing::TestWithParam<std::string> {
  void SetUp() override {
    std::string why = missing_engine(GetParam());
    if (!why.empty()) GTEST_SKIP() << "SKIP: engine " << GetParam() << " is not available here: " << why;
  }
  Daemon daemon{GetParam()};
};

}  // namespace supd::integration

#define SUPD_ON_EACH_ENGINE(suite)                                           \
  INSTANTIATE_TEST_SUITE_P(Engine, suite, testing::Values("uring", "epoll"), \
                           [](const testing::TestParamInfo<std::string>& engine) { return engine.param; })

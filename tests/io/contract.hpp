#pragma once

/// The fixture of the contract suite: every test runs in every world.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/io/recorder.hpp"
#include "tests/io/world.hpp"

namespace supd::io::test {

class LoopContract : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    const WorldKind& kind = all_worlds()[GetParam()];
    if (!kind.make) GTEST_SKIP() << kind.missing;
    world_ = kind.make();
  }
  void destroy_world() { world_.reset(); }
  [[nodiscard]] bool real() const { return all_worlds()[GetParam()].real; }
  [[nodiscard]] World& world() { return *world_; }
  [[nodiscard]] Loop& loop() { return world_->loop(); }
  bool until(const std::function<bool()>& done) { return run_until(*world_, done); }
  /// Turns until a timer that is armed now has fired: whatever was about to come has come.
  void settle(Duration length = std::chrono::milliseconds(20)) {
    Recorder pause;
    loop().timer_at(world_->clock() + length, pause);
    EXPECT_TRUE(until([&] { return pause.done(); }));
  }

 private:
  std::unique_ptr<World> world_;
};

inline std::string world_name(const testing::TestParamInfo<std::size_t>& info) { return all_worlds()[info.param].name; }

}  // namespace supd::io::test

#define SUPD_IN_ALL_WORLDS(suite)                                                                               \
  INSTANTIATE_TEST_SUITE_P(Engines, suite, testing::Range<std::size_t>(0, supd::io::test::all_worlds().size()), \
                           supd::io::test::world_name)

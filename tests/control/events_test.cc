#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Params;

class Events : public ControlTest {
 protected:
  std::vector<std::uint64_t> sequences() const {
    std::vector<std::uint64_t> found;
    for (const auto& note : notifications) {
      auto events = note.events();
      for (const auto& event : events.value()) found.push_back(event.sequence);
    }
    return found;
  }
};
ON_BOTH_ENGINES(Events);

TEST_P(Events, the_newest_are_given_oldest_first) {
  UnitId web = port.add("web");
  for (int i = 0; i < 10; ++i) port.set(web, State::running);
  auto client = adopted();
  client->request(1, "events", Params{.lines = 3});
  answer(*client, 1);
  EXPECT_EQ(sequences(), (std::vector<std::uint64_t>{8, 9, 10}));
}

TEST_P(Events, following_brings_every_transition_once) {
  UnitId web = port.add("web");
  for (int i = 0; i < 5; ++i) port.set(web, State::running);
  auto client = adopted();
  auto deaf = adopted();  // has not asked
  client->request(1, "events", Params{.lines = 2, .follow = true});
  notifications.push_back(message(*client));
  std::vector<std::uint64_t> expected{4, 5};
  for (std::uint64_t i = 6; i < 300; ++i) {
    port.set(web, State::running);
    expected.push_back(i);
    if (i % 20 == 0) settle();
  }
  while (sequences().size() < expected.size()) notifications.push_back(message(*client));
  EXPECT_EQ(sequences(), expected);
  EXPECT_FALSE(deaf->line().has_value());
}

}  // namespace
}  // namespace supd::control

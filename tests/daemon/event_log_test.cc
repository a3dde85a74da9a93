#include "daemon/event_log.hpp"

#include <gtest/gtest.h>

namespace supd {
namespace {

TEST(EventLog, C2_entries_about_a_unit_that_is_gone_keep_its_name) {
  EventLog log;
  Transition of_db{.unit = UnitId{1}, .to = State::failed};
  Transition of_web{.unit = UnitId{0}, .to = State::failed};
  of_web.cause.kind = CauseKind::dependency_failed;
  of_web.cause.other = UnitId{1};
  log.add(of_db);
  log.add(of_web);
  log.settle(UnitId{1}, "db");
  // The slot is another's now.
  log.add({.unit = UnitId{1}, .to = State::running});
  auto kept = log.last(3);
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_FALSE(kept[0].unit.valid());
  EXPECT_EQ(*kept[0].gone_name, "db");
  EXPECT_EQ(kept[1].unit, UnitId{0});
  EXPECT_EQ(cause_text(kept[1].cause, "mail"), "requires db, which has failed");
  EXPECT_EQ(kept[2].unit, UnitId{1});
  EXPECT_EQ(kept[2].gone_name, nullptr);
}

}  // namespace
}  // namespace supd

/// Disk: a line of those who wait for room.

#include "daemon/log/disk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/log/fake_loop.hpp"

namespace supd::log {
namespace {

struct Waiter final : DiskWaiter {
  void on_disk_room() override { ++told; }
  int told = 0;
};

struct DiskTest : ::testing::Test {
  void crowd() {
    disk.add(Disk::crowded_bytes);
    for (Waiter& waiter : waiters) disk.stand_in_line(waiter);
  }
  std::size_t told() const {
    return static_cast<std::size_t>(
        std::count_if(waiters.begin(), waiters.end(), [](const Waiter& waiter) { return waiter.told != 0; }));
  }

  FakeLoop loop;
  Disk disk{loop};
  std::vector<Waiter> waiters{500};
};

TEST_F(DiskTest, As_much_as_is_done_so_many_go_on_and_the_first_before_the_others) {
  crowd();
  EXPECT_TRUE(disk.crowded());
  disk.remove(10 * Disk::grant);
  EXPECT_EQ(told(), 0U) << "not from inside of the call";
  loop.advance(0s);
  EXPECT_EQ(told(), 10U);
  EXPECT_EQ(waiters[9].told, 1);
  disk.add(10 * Disk::grant);
  disk.remove(Disk::grant);
  loop.advance(0s);
  EXPECT_EQ(told(), 11U);
}

TEST_F(DiskTest, Those_who_go_on_and_bring_nothing_do_not_keep_the_others) {
  crowd();
  disk.remove(Disk::crowded_bytes);
  loop.advance(0s);
  const std::size_t some = told();
  EXPECT_LT(some, waiters.size());
  loop.advance(Disk::patience);
  EXPECT_EQ(told(), 2 * some);
  loop.advance(100 * Disk::patience);
  EXPECT_EQ(told(), waiters.size());
  EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(DiskTest, Who_has_left_the_line_is_not_told) {
  crowd();
  disk.leave_line(waiters[0]);
  disk.remove(Disk::grant);
  loop.advance(0s);
  EXPECT_EQ(waiters[0].told, 0);
  EXPECT_EQ(waiters[1].told, 1);
  EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(DiskTest, It_moves_when_it_is_told_so_and_when_work_begins) {
  loop.advance(5s);
  disk.add(10);
  EXPECT_EQ(disk.last_move(), loop.now());
  loop.advance(5s);
  disk.add(10);
  EXPECT_EQ(disk.last_move(), loop.now() - 5s);
  disk.moved();
  EXPECT_EQ(disk.last_move(), loop.now());
}

TEST(Disks, One_for_each_place_as_long_as_it_is_used) {
  FakeLoop loop;
  Disks disks(loop);
  auto one = disks.at(1);
  EXPECT_EQ(disks.at(1), one);
  EXPECT_NE(disks.at(2), one);
  EXPECT_NE(disks.apart(), disks.apart());
  for (std::uint64_t place = 10; place < 1000; ++place) static_cast<void>(disks.at(place));
  EXPECT_EQ(disks.at(1), one);
}

}  // namespace
}  // namespace supd::log

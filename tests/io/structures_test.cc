/// The slab, the timer heap and the fd books on their own.

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "daemon/io/fd_uses.hpp"
#include "daemon/io/op_slab.hpp"
#include "daemon/io/timer_heap.hpp"
#include "daemon/io/uring_tags.hpp"

namespace supd::io {
namespace {

TEST(OpSlab, addresses_are_stable_and_ids_are_never_reused) {
  OpSlab slab;
  Op& first = slab.open();
  first.part = TimerPart{nullptr};
  const OpId id = first.id;
  for (int i = 0; i < 1000; ++i) slab.open().part = TimerPart{nullptr};
  EXPECT_EQ(slab.find(id), &first);
  EXPECT_EQ(slab.in_use(), 1001U);
  slab.close(first);
  EXPECT_EQ(slab.find(id), nullptr);
  Op& again = slab.open();
  EXPECT_EQ(&again, &first);
  again.part = TimerPart{nullptr};
  EXPECT_EQ(slab.find(id), nullptr);
  EXPECT_NE(again.id, id);
}

TEST(OpSlab, ids_of_nothing_find_nothing) {
  OpSlab slab;
  EXPECT_EQ(slab.find({}), nullptr);
  EXPECT_EQ(slab.find({5, 1}), nullptr);
  slab.open();
  EXPECT_EQ(slab.find({1, 1}), nullptr);  // never opened
}

TEST(UserData, says_slot_generation_and_tag) {
  const OpId id{OpSlab::slots_max - 1, UINT32_MAX};
  const std::uint64_t data = uring::user_data(id, uring::Tag::child_poll);
  EXPECT_EQ(uring::id_of(data), id);
  EXPECT_EQ(uring::tag_of(data), uring::Tag::child_poll);
  EXPECT_NE(uring::user_data({0, 1}), 0U);
}

TEST(TimerHeap, agrees_with_a_sorted_set_under_random_adds_and_removes) {
  std::mt19937 random(42);
  TimerHeap heap;
  std::set<std::pair<std::int64_t, std::uint32_t>> model;
  std::vector<std::int64_t> at(500, -1);
  for (int i = 0; i < 50'000; ++i) {
    const auto slot = static_cast<std::uint32_t>(random() % at.size());
    if (at[slot] < 0) {
      at[slot] =
          static_cast<std::int64_t>(random() % 1'000'000) * 500 + slot;  // unique: equal ones have their own test
      heap.add(slot, Instant{Duration(at[slot])});
      model.emplace(at[slot], slot);
    } else if (random() % 2 == 0) {
      EXPECT_TRUE(heap.remove(slot));
      model.erase({at[slot], slot});
      at[slot] = -1;
    } else {
      ASSERT_EQ(heap.next().since_boot.count(), model.begin()->first);
      const std::uint32_t popped = heap.pop();
      ASSERT_EQ(popped, model.begin()->second);
      at[popped] = -1;
      model.erase(model.begin());
    }
    ASSERT_EQ(heap.size(), model.size());
  }
}

TEST(TimerHeap, equal_deadlines_keep_their_order) {
  TimerHeap heap;
  for (std::uint32_t slot = 0; slot < 100; ++slot) heap.add(slot, Instant{5s});
  for (std::uint32_t slot = 0; slot < 100; ++slot) EXPECT_EQ(heap.pop(), slot);
  EXPECT_TRUE(heap.empty());
  EXPECT_EQ(heap.next(), Instant::never());
  EXPECT_FALSE(heap.remove(3));
  EXPECT_FALSE(heap.remove(12345));
}

TEST(FdUses, an_fd_is_closed_by_whoever_ends_the_last_use) {
  FdUses uses;
  uses.add(7);
  uses.add(7);
  uses.hand_over(sys::UniqueFd(7));
  EXPECT_EQ(uses.handed_over(), std::vector<int>{7});
  EXPECT_FALSE(uses.remove(7));
  EXPECT_TRUE(uses.remove(7));
  EXPECT_FALSE(uses.used(7));
  uses.add(7);  // the number comes back as another file
  EXPECT_FALSE(uses.remove(7));
  uses.add(-1);
  EXPECT_FALSE(uses.used(-1));
  EXPECT_FALSE(uses.remove(-1));
}

}  // namespace
}  // namespace supd::io

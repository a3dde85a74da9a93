#include "ctl/logs/file_chain.hpp"

#include <gtest/gtest.h>

#include "tests/ctl_logs/log_folder.hpp"

namespace supd::ctl::logs::test {
namespace {

std::vector<std::int64_t> times(const FileChain& chain) {
  std::vector<std::int64_t> out;
  for (const auto& file : chain.files()) out.push_back(file.closed_us);
  return out;
}

using Times = std::vector<std::int64_t>;

TEST(FileChain, lists_closed_files_in_any_form_once_and_then_the_live_one) {
  if (SUPD_HAS_GZIP == 0) GTEST_SKIP() << "SKIP: this build has no zlib: install zlib1g-dev and configure anew";
  LogFolder folder;
  for (std::int64_t i = 1; i <= 3; ++i) {
    folder.print(noon + i, "x");
    folder.rotate(noon + i);
  }
  folder.compress(noon + 2, Compression::gzip);
  folder.write("");
  FileChain chain(folder.path());
  EXPECT_TRUE(chain.look().value());
  EXPECT_EQ(times(chain), (Times{noon + 1, noon + 2, noon + 3, FileChain::live}));
  EXPECT_FALSE(chain.look().value()) << "nothing has happened";
}

TEST(FileChain, of_a_log_that_is_not_there_is_empty_until_it_comes) {
  LogFolder folder;
  FileChain chain(folder.path());
  EXPECT_FALSE(chain.look().value());
  folder.write("x\n");
  EXPECT_TRUE(chain.look().value());
  EXPECT_EQ(times(chain), Times{FileChain::live});
}

TEST(FileChain, the_file_that_was_live_is_known_again_under_its_new_name) {
  LogFolder folder;
  folder.print(noon, "1");
  FileChain chain(folder.path());
  ASSERT_TRUE(chain.look().value());
  for (std::int64_t i = 1; i <= 3; ++i) folder.rotate(noon + i);
  EXPECT_TRUE(chain.look().value());
  EXPECT_EQ(times(chain), (Times{noon + 1, noon + 2, noon + 3, FileChain::live}));
}

TEST(FileChain, and_under_that_of_its_compressed_copy) {
  if (SUPD_HAS_GZIP == 0) GTEST_SKIP() << "SKIP: this build has no zlib: install zlib1g-dev and configure anew";
  LogFolder folder;
  folder.print(noon, "1");
  FileChain chain(folder.path());
  ASSERT_TRUE(chain.look().value());
  folder.rotate(noon + 1);
  folder.rotate(noon + 2);
  folder.compress(noon + 1, Compression::gzip);
  EXPECT_TRUE(chain.look().value());
  EXPECT_EQ(times(chain), (Times{noon + 1, noon + 2, FileChain::live})) << "not once more as another file";
}

TEST(FileChain, a_file_that_somebody_renamed_as_logrotate_does_is_followed_by_the_next) {
  LogFolder folder;
  folder.print(noon, "1");
  FileChain chain(folder.path());
  ASSERT_TRUE(chain.look().value());
  std::rename(folder.current().c_str(), (folder.current() + ".1").c_str());
  EXPECT_FALSE(chain.look().value()) << "there may still come something into it";
  folder.write("");
  EXPECT_TRUE(chain.look().value());
  EXPECT_EQ(chain.files().size(), 2U);
}

}  // namespace
}  // namespace supd::ctl::logs::test

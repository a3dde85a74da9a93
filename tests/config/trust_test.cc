/// What root does not obey.

#include "config/host/trust.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

std::string verdict(uid_t owner, gid_t group, mode_t mode) {
  struct stat info {};
  info.st_uid = owner;
  info.st_gid = group;
  info.st_mode = mode;
  auto refusal = distrust("/etc/supd/web.toml", info);
  return refusal ? refusal->detail : "trusted";
}

TEST(Trust, P13_only_root_may_be_able_to_write_it) {
  EXPECT_EQ(verdict(0, 0, S_IFREG | 0644), "trusted");
  EXPECT_EQ(verdict(0, 0, S_IFREG | 0664), "trusted");
  EXPECT_EQ(verdict(0, 4, S_IFREG | 0640), "trusted");
  EXPECT_EQ(verdict(0, 4, S_IFREG | 0660), "supd runs as root, and group 4 may write this file (mode 0660)");
  EXPECT_EQ(verdict(0, 0, S_IFREG | 0646), "supd runs as root, and everybody may write this file (mode 0646)");
  EXPECT_EQ(verdict(1000, 1000, S_IFREG | 0600), "supd runs as root, and user 1000 owns this file");
}

TEST(Trust, P13_a_directory_whose_files_others_can_replace_is_as_bad) {
  EXPECT_EQ(verdict(0, 0, S_IFDIR | 0755), "trusted");
  EXPECT_EQ(verdict(0, 0, S_IFDIR | S_ISVTX | 0777), "trusted");
  EXPECT_EQ(verdict(0, 0, S_IFDIR | 0777), "supd runs as root, and everybody may write this directory (mode 0777)");
  EXPECT_EQ(verdict(33, 0, S_IFDIR | 0755), "supd runs as root, and user 33 owns this directory");
}

class TrustAsRoot : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root distrusts files: run this test as root";
    dir_.write("units/web.toml", "command = [\"/bin/true\"]\nenvironment.files = [\"" + dir_.path("env") + "\"]\n");
    dir_.write("units/web.toml.d/x.toml", "enabled = false\n");
    dir_.write("env", "A=1\n");
  }

  [[nodiscard]] std::string refused(std::string_view name) const {
    std::string path = dir_.path(name);
    EXPECT_EQ(::chmod(path.c_str(), 0777), 0);
    std::string text = load_complaints(dir_, {dir_.path("units")});
    EXPECT_TRUE(load({.paths = {dir_.path("units")}, .trust_all = true}).ok());
    EXPECT_EQ(::chmod(path.c_str(), 0755), 0);
    return text;
  }

  ScratchDir dir_;
};

TEST_F(TrustAsRoot, P13_files_directories_drop_ins_and_environment_files_are_looked_at) {
  EXPECT_EQ(load_complaints(dir_, {dir_.path("units")}), "");
  EXPECT_EQ(refused("units/web.toml"),
            "DIR/units/web.toml: error: trust DIR/units/web.toml: supd runs as root, and everybody may write this file "
            "(mode 0777)\n"
            "  hint: chown root:root 'DIR/units/web.toml' && chmod go-w 'DIR/units/web.toml', or start supd with "
            "--trust-config\n");
  for (const char* name : {"units", "units/web.toml.d", "units/web.toml.d/x.toml", "env"}) {
    EXPECT_NE(refused(name).find("DIR/" + std::string(name) + ": supd runs as root, and everybody may write this"),
              std::string::npos)
        << name;
  }
}

TEST_F(TrustAsRoot, P13_the_directory_of_a_file_that_is_named_counts_too) {
  ASSERT_EQ(::chmod(dir_.path("units").c_str(), 0777), 0);
  std::string text = load_complaints(dir_, {dir_.path("units/web.toml")});
  EXPECT_NE(text.find("everybody may write this directory"), std::string::npos) << text;
}

}  // namespace
}  // namespace supd::config

/// ${VARIABLES} are looked at when a unit is loaded, and left as they are (C2).

#include <gtest/gtest.h>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

TEST(References, C2_stay_as_they_are_written) {
  UnitSpec unit = unit_of(
      "command = [\"x\", \"${A}\", \"${B:-2}\", \"$C\", \"$${D}\", \"${SUPD_UNIT}\"]\n"
      "directory = \"/srv/${A}\"\nenv.A = \"1\"\nenv.E = \"${F}\"\nenvironment.inherit = false\n");
  EXPECT_EQ(unit.command[1], "${A}");
  EXPECT_EQ(unit.directory, "/srv/${A}");
}

TEST(References, one_that_can_never_be_set_is_an_error) {
  EXPECT_EQ(complaints("command = [\"x\", \"${A}\"]\nenvironment.inherit = [\"B\"]\n"),
            "web.toml:1:17: error: command: variable A is not set\n"
            "    1 | command = [\"x\", \"${A}\"]\n"
            "      |                 ^\n"
            "  hint: set it in [env], or write ${A:-default}; $${A} leaves it to the program\n");
}

TEST(References, one_that_supd_may_have_is_worth_a_warning) {
  EXPECT_EQ(complaints("command = [\"x\", \"${NO_SUCH_VARIABLE}\"]\n"),
            "web.toml:1:17: warning: command: variable NO_SUCH_VARIABLE is not set here, and may not be for supd\n"
            "    1 | command = [\"x\", \"${NO_SUCH_VARIABLE}\"]\n"
            "      |                 ^\n"
            "  hint: set it in [env], or write ${NO_SUCH_VARIABLE:-default}; $${NO_SUCH_VARIABLE} leaves it to the "
            "program\n");
}

TEST(References, a_directory_may_begin_with_one) {
  EXPECT_EQ(unit_of("command = [\"x\"]\ndirectory = \"${HOME_OF_IT:-/srv}/x\"\n").directory, "${HOME_OF_IT:-/srv}/x");
  EXPECT_NE(complaints("command = [\"x\"]\ndirectory = \"$HOME/x\"\n"), "");
}

TEST(References, a_shell_has_others) {
  EXPECT_EQ(complaints("command = [\"/bin/sh\", \"-c\", \"echo ${x%%.*}\"]\n"),
            "web.toml:1:29: error: command: '${x%%.*}' is not ${NAME} or ${NAME:-default}\n"
            "    1 | command = [\"/bin/sh\", \"-c\", \"echo ${x%%.*}\"]\n"
            "      |                             ^\n"
            "  hint: write $${ for a ${ that the program itself, such as a shell, shall see\n");
}

TEST(References, replicas_have_their_number) {
  EXPECT_EQ(complaints("command = [\"x\", \"${REPLICA}\"]\nreplicas = 2\nenvironment.inherit = false\n"), "");
}

}  // namespace
}  // namespace supd::config

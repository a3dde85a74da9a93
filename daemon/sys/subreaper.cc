#include "daemon/sys/subreaper.hpp"

#include <sys/prctl.h>

namespace supd::sys {

Result<void> become_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return failed("prctl", "PR_SET_CHILD_SUBREAPER");
  return {};
}

}  // namespace supd::sys

#pragma once

/// Memory that is not needed any more, back to the kernel: for a process that runs for years after a busy start.

namespace supd::sys {

/// Free pages of the heap (malloc_trim(3)), and the mapping of this program's code, most of which is for starting and
/// for parsing: what is used again is mapped again, from the page cache (madvise(2), MADV_DONTNEED of a file's clean
/// pages). Can't fail in a way that matters.
void give_back_unused();

}  // namespace supd::sys

#pragma once

/// Memory that is not needed any more, back to the kernel: for a process that runs for years after a busy start.

namespace supd::sys {

/// From now on freed memory stays with the process, up to some megabytes, until give_back_free_memory(): output that
/// comes in waves would have each wave wait for the same pages again.
void keep_free_memory();

/// Free pages of the heap (malloc_trim(3)).
void give_back_free_memory();

/// The same, and the mapping of this program's code and constants, most of which is for starting and
/// for parsing: what is used again is mapped again, from the page cache (madvise(2), MADV_DONTNEED of a file's clean
/// pages). Can't fail in a way that matters.
void give_back_unused();

}  // namespace supd::sys

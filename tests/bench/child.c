/* The tiny program that the benchmarks start by the thousand: no C library, no start-up work, so that
 * what is measured is the supervisor. Built with -nostdlib -static.
 *
 *   child exit                      ends at once with 0
 *   child birth FIFO SLOT [LINE]    tells its birth, prints LINE if given, then waits for a signal
 *   child write FIFO SLOT SIZE COUNT GATE
 *                                   prints "ready", tells its birth, waits until somebody has opened the FIFO GATE for
 *                                   writing, makes COUNT writes of SIZE bytes (lines of 100 bytes with
 *                                   their newlines), tells FIFO again, ends with 0
 *   child tick FIFO SLOT COUNT      tells its birth and COUNT times, every 20 ms, writes a line with the time
 *
 * A birth is one write of `struct birth` (births.hpp) into a FIFO; the time in it was taken first. */

struct birth {
  unsigned long slot, pid, time_ns;
};

#if defined(__x86_64__)
enum { sys_write = 1, sys_getpid = 39, sys_openat = 257, sys_close = 3, sys_exit = 60 };
enum { sys_clock_gettime = 228, sys_ppoll = 271 };

static long call(long number, long a, long b, long c, long d) {
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}

__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call child_main\n");
#elif defined(__aarch64__)
enum { sys_write = 64, sys_getpid = 172, sys_openat = 56, sys_close = 57, sys_exit = 93 };
enum { sys_clock_gettime = 113, sys_ppoll = 73 };

static long call(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = 0;
  register long x5 __asm__("x5") = 0;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}

__asm__(".globl _start\n_start:\n  mov x29, #0\n  mov x0, sp\n  bl child_main\n");
#else
#error "child.c needs the system call convention of this machine"
#endif

static long number_of(const char* text) {
  long value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (*text++ - '0');
  return value;
}

static long length_of(const char* text) {
  long length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

static unsigned long monotonic_ns(void) {
  struct {
    long seconds, nanoseconds;
  } now;
  call(sys_clock_gettime, 1, (long)&now, 0, 0);
  return (unsigned long)(now.seconds * 1000000000L + now.nanoseconds);
}

static void tell_birth(const char* fifo, const char* slot) {
  struct birth birth;
  long fd;
  birth.time_ns = monotonic_ns();
  birth.slot = (unsigned long)number_of(slot);
  birth.pid = (unsigned long)call(sys_getpid, 0, 0, 0, 0);
  fd = call(sys_openat, -100, (long)fifo, 1, 0);
  if (fd < 0) return;
  call(sys_write, fd, (long)&birth, sizeof birth, 0);
  call(sys_close, fd, 0, 0, 0);
}

static char block[1048576];

static void wait_at(const char* gate) {
  long fd = call(sys_openat, -100, (long)gate, 0, 0);
  if (fd >= 0) call(sys_close, fd, 0, 0, 0);
}

static void write_times(long count) {
  struct {
    long seconds, nanoseconds;
  } pause = {0, 20000000};
  char line[21];
  for (; count > 0; --count) {
    unsigned long time;
    int digit = 19;
    call(sys_ppoll, 0, 0, (long)&pause, 0);
    pause.seconds = 0;
    pause.nanoseconds = 20000000;
    time = monotonic_ns();
    for (line[20] = '\n'; digit >= 0; --digit, time /= 10) line[digit] = (char)('0' + time % 10);
    call(sys_write, 1, (long)line, sizeof line, 0);
  }
}

static void write_lines(long size, long count) {
  long i, done;
  for (i = 0; i < size; ++i) block[i] = (char)(i % 100 == 99 ? '\n' : 'a' + i % 26);
  block[size - 1] = '\n';
  for (i = 0; i < count; ++i) {
    for (done = 0; done < size;) {
      long wrote = call(sys_write, 1, (long)(block + done), size - done, 0);
      if (wrote <= 0) return;
      done += wrote;
    }
  }
}

__attribute__((noreturn, used)) void child_main(const long* stack) {
  long count = stack[0];
  char* const* words = (char* const*)(stack + 1);
  char what = count > 1 ? words[1][0] : 'e';
  if (what == 'w') call(sys_write, 1, (long)"ready\n", 6, 0);
  if (count > 3 && what != 'e') tell_birth(words[2], words[3]);
  if (count > 6 && what == 'w') {
    wait_at(words[6]);
    write_lines(number_of(words[4]), number_of(words[5]));
    tell_birth(words[2], words[3]);
  }
  if (count > 4 && what == 't') write_times(number_of(words[4]));
  if (what == 'b') {
    if (count > 4) {
      call(sys_write, 1, (long)words[4], length_of(words[4]), 0);
      call(sys_write, 1, (long)"\n", 1, 0);
    }
    for (;;) call(sys_ppoll, 0, 0, 0, 0);
  }
  for (;;) call(sys_exit, 0, 0, 0, 0);
}

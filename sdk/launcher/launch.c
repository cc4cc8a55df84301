/* The first process of a container whose image is not ours.
 *
 *     launch FOLDER [ARGUMENT …]   runs what FOLDER/command says, and ends as FOLDER/verdict says
 *     launch                       ends at once with 0: whether this program is there and can be run
 *
 * It shares FOLDER with `jetbridge-companion` in a container beside it (jetbridge/runtime/companion/exchange.py):
 *
 *     arguments    to the companion: the arguments behind FOLDER; each ends with NUL
 *     command      from the companion: decimal number of arguments, the arguments, variables NAME=VALUE; each ends with NUL
 *     ended        to the companion: "<exit status> <signal that we were sent, else 0>"; 128+N for a program ended by signal N
 *     termination  from the companion, perhaps: what goes to /dev/termination-log
 *     verdict      from the companion: the decimal exit status of this process; without a command before it, nothing runs
 *
 * It needs no library, no shell and no file of the image. Signals go to the program: as the first process of a container
 * this one would not be ended by them, but it takes them, as small init programs do.
 */
#include <fcntl.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <linux/wait.h>
#include <sys/syscall.h>

#define NOT_FOUND 127
#define NOT_RUNNABLE 126
#define OUR_FAILURE 82
#define MAX_ITEMS 65536
#define PATH_SIZE 4096
#define TICK_NANOSECONDS 20000000L

typedef unsigned long size;

static long call6(long number, long a, long b, long c, long d, long e, long f);
#define call(n, a, b, c, d) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

#if defined(__x86_64__)
static long call6(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
#elif defined(__aarch64__)
static long call6(long number, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}
__asm__(".globl _start\n_start:\n mov x0, sp\n bl begin\n");
#else
#error "there is no launcher for this processor"
#endif

/* Compilers may call these although there is no library. */
void *memcpy(void *to, const void *from, size count) {
    char *target = to;
    for (const char *source = from; count--;) *target++ = *source++;
    return to;
}
void *memset(void *to, int byte, size count) {
    for (char *target = to; count--;) *target++ = (char)byte;
    return to;
}

static char *arguments[MAX_ITEMS + 1];
static char *environment[2 * MAX_ITEMS + 1];
static char place[PATH_SIZE];
static char scratch[PATH_SIZE];

static size length(const char *text) {
    size count = 0;
    while (text[count]) count++;
    return count;
}

static void leave(int status) {
    for (;;) call(SYS_exit_group, status, 0, 0, 0);
}

static void say(const char *text) { call(SYS_write, 2, text, length(text), 0); }

static void fail(const char *problem, const char *about) {
    say("jetbridge launcher: ");
    say(problem);
    say(about);
    say("\n");
    leave(OUR_FAILURE);
}

static char *join(char *target, const char *folder, size count, const char *name) {
    size more = length(name);
    if (count + more + 2 > PATH_SIZE) fail("a path is too long: ", name);
    memcpy(target, folder, count);
    target[count] = '/';
    memcpy(target + count + 1, name, more + 1);
    return target;
}

static char *in_folder(const char *folder, const char *name) { return join(place, folder, length(folder), name); }

static int starts_with(const char *text, const char *beginning) {
    while (*beginning)
        if (*text++ != *beginning++) return 0;
    return 1;
}

/* A whole file, ended by NUL; 0 when there is none. The companion renames files into place, so they are complete. */
static char *read_file(const char *path, size *count) {
    long file = call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return 0;
    long end = call(SYS_lseek, file, 0, 2 /* SEEK_END */, 0);
    if (end < 0) fail("cannot read ", path);
    call(SYS_lseek, file, 0, 0 /* SEEK_SET */, 0);
    /* PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS */
    char *data = (char *)call6(SYS_mmap, 0, end + 1, 3, 0x22, -1, 0);
    if ((long)data < 0 && (long)data > -4096) fail("no memory for ", path);
    for (*count = 0; *count < (size)end;) {
        long got = call(SYS_read, file, data + *count, end - *count, 0);
        if (got <= 0) fail("cannot read ", path);
        *count += got;
    }
    call(SYS_close, file, 0, 0, 0);
    return data;
}

static void write_all(long file, const char *data, size count) {
    while (count) {
        long done = call(SYS_write, file, data, count, 0);
        if (done <= 0) return;
        data += done;
        count -= done;
    }
}

static char *decimal(char *end, int number) {
    do {
        *--end = '0' + number % 10;
        number /= 10;
    } while (number);
    return end;
}

static int number_in(const char *text) {
    int value = 0;
    while (*text >= '0' && *text <= '9') value = value * 10 + (*text++ - '0');
    return value;
}

/* A file that is there as a whole or not at all. */
static long open_draft(const char *folder, const char *draft) {
    join(scratch, folder, length(folder), draft);
    long file = call(SYS_openat, AT_FDCWD, scratch, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) fail("cannot write ", scratch);
    return file;
}

static void finish_draft(const char *folder, const char *name, long file) {
    call(SYS_close, file, 0, 0, 0);
    char *target = in_folder(folder, name);
    if (call6(SYS_renameat2, AT_FDCWD, (long)scratch, AT_FDCWD, (long)target, 0, 0) < 0) fail("cannot write ", target);
}

static void write_arguments(const char *folder, char **arguments) {
    long file = open_draft(folder, "arguments.new");
    for (; *arguments; arguments++) write_all(file, *arguments, length(*arguments) + 1);
    finish_draft(folder, "arguments", file);
}

static void write_ended(const char *folder, int status, int sent) {
    char text[32];
    char *end = text + sizeof text;
    char *begin = decimal(end, sent);
    *--begin = ' ';
    begin = decimal(begin, status);
    long file = open_draft(folder, "ended.new");
    write_all(file, begin, end - begin);
    finish_draft(folder, "ended", file);
}

/* Waits for one of our blocked signals, at most one tick; its number, or 0. */
static int wait_signal(unsigned long *set) {
    struct {
        long seconds, nanoseconds;
    } tick = {0, TICK_NANOSECONDS};
    long got = call(SYS_rt_sigtimedwait, set, 0, &tick, 8);
    return got > 0 ? (int)got : 0;
}

/* Waits until the companion has said something: 1 for a command, 0 for a verdict. */
static int wait_companion(const char *folder, unsigned long *set, int before_start) {
    for (;;) {
        if (call(SYS_faccessat, AT_FDCWD, in_folder(folder, "verdict"), 0, 0) == 0) return 0;
        if (before_start && call(SYS_faccessat, AT_FDCWD, in_folder(folder, "command"), 0, 0) == 0) return 1;
        int sent = wait_signal(set);
        if (before_start && (sent == SIGTERM || sent == SIGINT || sent == SIGQUIT)) leave(128 + sent);
    }
}

static void read_command(const char *folder, char **inherited) {
    size count;
    char *data = read_file(in_folder(folder, "command"), &count);
    char *end = data + count;
    int items = number_in(data), at = 0;
    if (!data || items < 1 || items > MAX_ITEMS) fail("there is no command in ", folder);
    char *text = data + length(data) + 1;
    for (; at < items && text < end; text += length(text) + 1) arguments[at++] = text;
    if (at < items) fail("the command is incomplete in ", folder);
    int given = 0;
    for (; text < end && given < MAX_ITEMS; text += length(text) + 1) environment[given++] = text;
    int all = given;
    for (; *inherited && all < 2 * MAX_ITEMS; inherited++) {
        int replaced = 0;
        for (int i = 0; i < given && !replaced; i++) {
            size name = 0;
            while (environment[i][name] && environment[i][name] != '=') name++;
            char kept = environment[i][name + 1];
            environment[i][name + 1] = 0;
            replaced = starts_with(*inherited, environment[i]);
            environment[i][name + 1] = kept;
        }
        if (!replaced) environment[all++] = *inherited;
    }
}

static const char *search_path(void) {
    for (char **item = environment; *item; item++)
        if (starts_with(*item, "PATH=")) return *item + 5;
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

static int has_slash(const char *text) {
    for (; *text; text++)
        if (*text == '/') return 1;
    return 0;
}

/* As execvp(3), without its fallback to a shell. */
static void become_program(void) {
    const char *name = arguments[0];
    long error = -2; /* ENOENT */
    if (has_slash(name)) {
        error = call(SYS_execve, name, arguments, environment, 0);
    } else {
        for (const char *folder = search_path();;) {
            size count = 0;
            while (folder[count] && folder[count] != ':') count++;
            join(place, count ? folder : ".", count ? count : 1, name);
            long result = call(SYS_execve, place, arguments, environment, 0);
            if (result != -2 && result != -20 /* ENOTDIR */) error = result;
            if (!folder[count]) break;
            folder += count + 1;
        }
    }
    say("jetbridge launcher: the image has no program that can be run as ");
    say(name);
    say("\n");
    leave(error == -2 ? NOT_FOUND : NOT_RUNNABLE);
}

/* Runs the program to its end, with our signals; its status as a shell tells it. */
static int run_program(unsigned long *set, unsigned long *before, int *sent) {
    long child = call6(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
    if (child < 0) fail("no process for ", arguments[0]);
    if (child == 0) {
        call(SYS_rt_sigprocmask, SIG_SETMASK, before, 0, 8);
        become_program();
    }
    for (;;) {
        int status;
        long ended;
        while ((ended = call(SYS_wait4, -1, &status, WNOHANG, 0)) > 0) {
            if (ended != child) continue; /* an orphan: the first process is its parent now */
            int by = status & 0x7f;
            return by ? 128 + by : (status >> 8) & 0xff;
        }
        int number = wait_signal(set);
        if (number && number != SIGCHLD) {
            *sent = number;
            call(SYS_kill, child, number, 0, 0);
        }
    }
}

static void end_as_told(const char *folder) {
    size count;
    char *told = read_file(in_folder(folder, "termination"), &count);
    long log = told ? call(SYS_openat, AT_FDCWD, "/dev/termination-log", O_WRONLY | O_TRUNC | O_CLOEXEC, 0) : -1;
    if (log >= 0) write_all(log, told, count);
    char *verdict = read_file(in_folder(folder, "verdict"), &count);
    leave(verdict ? number_in(verdict) : OUR_FAILURE);
}

__attribute__((used, noreturn)) void begin(long *stack) {
    char **argv = (char **)(stack + 1);
    char **inherited = argv + stack[0] + 1;
    if (stack[0] < 2) leave(0);
    /* All but those that mean a fault of our own. */
    unsigned long set = ~0UL, before;
    int faults[] = {SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGTTIN, SIGTTOU};
    for (size i = 0; i < sizeof faults / sizeof *faults; i++) set &= ~(1UL << (faults[i] - 1));
    call(SYS_rt_sigprocmask, SIG_SETMASK, &set, &before, 8);
    write_arguments(argv[1], argv + 2);
    if (wait_companion(argv[1], &set, 1)) {
        int sent = 0;
        read_command(argv[1], inherited);
        int status = run_program(&set, &before, &sent);
        write_ended(argv[1], status, sent);
        wait_companion(argv[1], &set, 0);
    }
    end_as_told(argv[1]);
    __builtin_unreachable();
}

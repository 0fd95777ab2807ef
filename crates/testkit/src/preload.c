/*
 * Preloaded into a process under test (LD_PRELOAD): a machine whose clock is wrong, and a disk that
 * fails. System calls are made directly, so that nothing has to be resolved before main.
 *
 * TESTKIT_CLOCK_AHEAD_SECONDS: seconds by which the clock of the day is ahead; negative: behind.
 * TESTKIT_FAULTS_FOLDER: writes, truncations and synchronisations of files below it may fail.
 * TESTKIT_FAULTS_ORDER: file with "ROUND FIRST COUNT ERRNO"; without it nothing fails. Of the calls
 *   of a round, COUNT fail with ERRNO from the FIRST on. "ORDER.hit" is made when one failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long clock_ahead(void)
{
    const char *ahead = getenv("TESTKIT_CLOCK_AHEAD_SECONDS");
    return ahead ? strtol(ahead, NULL, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += clock_ahead();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0)
        return -1;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now)
{
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0)
        return -1;
    if (now)
        *now = precise.tv_sec;
    return precise.tv_sec;
}

/* Whether the descriptor is of a file below the folder. */
static int is_below(int file, const char *folder)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    return length > 0 && strncmp(path, folder, strlen(folder)) == 0;
}

/* The order, or 0 when there is none. */
static int read_order(const char *name, long order[4])
{
    char text[128];
    int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0)
        return 0;
    ssize_t length = syscall(SYS_read, file, text, sizeof text - 1);
    syscall(SYS_close, file);
    if (length <= 0)
        return 0;
    text[length] = 0;
    return sscanf(text, "%ld %ld %ld %ld", &order[0], &order[1], &order[2], &order[3]) == 4;
}

/* The error of this call, or 0. */
static int fault(int file)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static long round = -1, calls;
    const char *folder = getenv("TESTKIT_FAULTS_FOLDER"), *name = getenv("TESTKIT_FAULTS_ORDER");
    long order[4];
    int error = 0, before = errno;
    if (folder && name && is_below(file, folder) && read_order(name, order)) {
        pthread_mutex_lock(&lock);
        if (order[0] != round) {
            round = order[0];
            calls = 0;
        }
        calls++;
        if (calls >= order[1] && calls - order[1] < order[2])
            error = (int)order[3];
        pthread_mutex_unlock(&lock);
        if (error) {
            char hit[4200];
            snprintf(hit, sizeof hit, "%s.hit", name);
            int made = (int)syscall(SYS_openat, AT_FDCWD, hit, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
            if (made >= 0)
                syscall(SYS_close, made);
        }
    }
    errno = error ? error : before;
    return error;
}

ssize_t write(int file, const void *bytes, size_t count)
{
    return fault(file) ? -1 : syscall(SYS_write, file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at)
{
    return fault(file) ? -1 : syscall(SYS_pwrite64, file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at)
{
    return fault(file) ? -1 : syscall(SYS_pwrite64, file, bytes, count, at);
}

int fsync(int file)
{
    return fault(file) ? -1 : (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    return fault(file) ? -1 : (int)syscall(SYS_fdatasync, file);
}

int ftruncate(int file, off_t length)
{
    return fault(file) ? -1 : (int)syscall(SYS_ftruncate, file, length);
}

int ftruncate64(int file, off64_t length)
{
    return fault(file) ? -1 : (int)syscall(SYS_ftruncate, file, length);
}

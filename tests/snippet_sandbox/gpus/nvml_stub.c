/* NVML, as far as it is called, answering from a recording that may change while it is read.
 *
 * $NVML_RECORDING names a text file, read anew at every call. Its lines:
 *
 *   init CODE                                        what nvmlInit returns
 *   driver VERSION
 *   cuda NUMBER                                      13000 is 13.0
 *   gpu UUID MINOR TOTAL USED MAJOR.MINOR ACCOUNT NAME    memory in bytes; TOTAL -1: it has none of its own
 *   slice UUID OF-UUID INSTANCE COMPUTE TOTAL USED NAME   of the card OF-UUID, which is then split
 *   process UUID PID BYTES                           BYTES -1: not available
 *   drawing UUID PID BYTES                           likewise, of a process that draws
 *   account UUID PID BYTES                           the most that a process had
 *   fail FUNCTION CODE                               what a function returns in place of an answer
 *
 * Names and layouts are those of the NVML API reference.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7, NOT_LOADED = 9 };
#define MOST 16
#define KEPT_BY_DRIVER (512ull << 20)

typedef struct {
    char uuid[96], of[96], name[96];
    int is_slice, minor, cc_major, cc_minor, account, instance, compute;
    long long total, used;
} Device;
typedef struct { char uuid[96]; unsigned pid; long long bytes; int draws; } Entry;
typedef struct { unsigned pid; unsigned long long used; unsigned instance, compute; } ProcessInfo;
typedef struct {
    unsigned gpu, memory;
    unsigned long long most, time, start;
    unsigned running, reserved[5];
} Stats;

static struct {
    char driver[80];
    int cuda, init, devices, processes, accounts;
    Device device[MOST];
    Entry process[64], account[64];
} now;

static void take(const char *line) {
    Device *d = &now.device[now.devices];
    Entry *p = &now.process[now.processes], *a = &now.account[now.accounts];
    if (sscanf(line, "init %d", &now.init) == 1 || sscanf(line, "driver %79s", now.driver) == 1 ||
        sscanf(line, "cuda %d", &now.cuda) == 1)
        return;
    if (sscanf(line, "gpu %95s %d %lld %lld %d.%d %d %95[^\n]", d->uuid, &d->minor, &d->total, &d->used,
               &d->cc_major, &d->cc_minor, &d->account, d->name) == 8) {
        now.devices++;
    } else if (sscanf(line, "slice %95s %95s %d %d %lld %lld %95[^\n]", d->uuid, d->of, &d->instance,
                      &d->compute, &d->total, &d->used, d->name) == 7) {
        d->is_slice = 1;
        now.devices++;
    } else if (sscanf(line, "process %95s %u %lld", p->uuid, &p->pid, &p->bytes) == 3) {
        now.processes++;
    } else if (sscanf(line, "drawing %95s %u %lld", p->uuid, &p->pid, &p->bytes) == 3) {
        p->draws = 1;
        now.processes++;
    } else if (sscanf(line, "account %95s %u %lld", a->uuid, &a->pid, &a->bytes) == 3) {
        now.accounts++;
    }
}

/* Read the recording; what a function returns in place of an answer, or SUCCESS. */
static int look(const char *function) {
    char line[512], name[96];
    int code, result = SUCCESS;
    const char *path = getenv("NVML_RECORDING");
    FILE *file = path ? fopen(path, "r") : NULL;
    memset(&now, 0, sizeof now);
    if (!file) return NOT_LOADED;
    while (fgets(line, sizeof line, file)) {
        take(line);
        if (sscanf(line, "fail %95s %d", name, &code) == 2 && !strcmp(name, function)) result = code;
    }
    fclose(file);
    return result;
}

#define LOOK                             \
    do {                                 \
        int failure = look(__func__);    \
        if (failure) return failure;     \
    } while (0)
#define DEVICE                                                                          \
    LOOK;                                                                               \
    if ((size_t)handle < 1 || (size_t)handle > (size_t)now.devices) return NOT_FOUND;   \
    Device *d = &now.device[(size_t)handle - 1]

static void *handle_of(int number) { return (void *)(size_t)(number + 1); }

static int find(int is_slice, const char *of, unsigned wanted, void **handle) {
    for (int n = 0; n < now.devices; n++) {
        int fits = now.device[n].is_slice == is_slice && (!of || !strcmp(now.device[n].of, of));
        if (fits && wanted-- == 0) {
            *handle = handle_of(n);
            return SUCCESS;
        }
    }
    return NOT_FOUND;
}

static int is_split(const Device *d) {
    void *slice;
    return find(1, d->uuid, 0, &slice) == SUCCESS;
}

static int processes(const Device *d, int drawing, unsigned *count, ProcessInfo *list) {
    unsigned room = *count, found = 0;
    for (int n = 0; n < now.processes; n++) {
        const Entry *p = &now.process[n];
        if (strcmp(p->uuid, d->uuid) || p->draws != drawing) continue;
        if (list && found < room) list[found] = (ProcessInfo){p->pid, p->bytes, 0xFFFFFFFF, 0xFFFFFFFF};
        found++;
    }
    *count = found;
    return found > room || (!list && found) ? INSUFFICIENT_SIZE : SUCCESS;
}

static int copy(char *text, unsigned size, const char *value) {
    snprintf(text, size, "%s", value);
    return SUCCESS;
}

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    LOOK;
    return now.init;
}
int nvmlShutdown(void) { return SUCCESS; }
const char *nvmlErrorString(int code) {
    static char text[40];
    if (code == 15) return "GPU is lost";
    snprintf(text, sizeof text, "error %d", code);
    return text;
}
int nvmlSystemGetDriverVersion(char *text, unsigned size) {
    LOOK;
    return copy(text, size, now.driver);
}
int nvmlSystemGetCudaDriverVersion_v2(int *number) {
    LOOK;
    *number = now.cuda;
    return SUCCESS;
}
int nvmlDeviceGetCount_v2(unsigned *count) {
    LOOK;
    *count = 0;
    for (int n = 0; n < now.devices; n++) *count += !now.device[n].is_slice;
    return SUCCESS;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    LOOK;
    return find(0, NULL, index, handle);
}
int nvmlDeviceGetHandleByUUID(const char *uuid, void **handle) {
    LOOK;
    for (int n = 0; n < now.devices; n++) {
        if (strcmp(now.device[n].uuid, uuid)) continue;
        *handle = handle_of(n);
        return SUCCESS;
    }
    return NOT_FOUND;
}
int nvmlDeviceGetName(void *handle, char *text, unsigned size) {
    DEVICE;
    return copy(text, size, d->name);
}
int nvmlDeviceGetUUID(void *handle, char *text, unsigned size) {
    DEVICE;
    return copy(text, size, d->uuid);
}
int nvmlDeviceGetMinorNumber(void *handle, unsigned *minor) {
    DEVICE;
    *minor = d->minor;
    return SUCCESS;
}
/* total, free, used: what is used and what the driver keeps */
int nvmlDeviceGetMemoryInfo(void *handle, unsigned long long memory[3]) {
    DEVICE;
    if (d->total < 0) return NOT_SUPPORTED;
    memory[0] = d->total;
    memory[2] = d->used + KEPT_BY_DRIVER;
    memory[1] = memory[0] - memory[2];
    return SUCCESS;
}
/* version, total, reserved, free, used */
int nvmlDeviceGetMemoryInfo_v2(void *handle, unsigned long long memory[5]) {
    DEVICE;
    if (d->total < 0) return NOT_SUPPORTED;
    memory[1] = d->total;
    memory[2] = KEPT_BY_DRIVER;
    memory[4] = d->used;
    memory[3] = memory[1] - memory[2] - memory[4];
    return SUCCESS;
}
int nvmlDeviceGetCudaComputeCapability(void *handle, int *major, int *minor) {
    DEVICE;
    *major = d->cc_major;
    *minor = d->cc_minor;
    return SUCCESS;
}
int nvmlDeviceGetMigMode(void *handle, unsigned *current, unsigned *pending) {
    DEVICE;
    if (d->cc_major < 8) return NOT_SUPPORTED;
    *current = *pending = is_split(d);
    return SUCCESS;
}
int nvmlDeviceGetMaxMigDeviceCount(void *handle, unsigned *count) {
    DEVICE;
    *count = d->is_slice ? 0 : 7;
    return SUCCESS;
}
int nvmlDeviceGetMigDeviceHandleByIndex(void *handle, unsigned index, void **found) {
    DEVICE;
    return find(1, d->uuid, index, found);
}
int nvmlDeviceGetGpuInstanceId(void *handle, unsigned *id) {
    DEVICE;
    *id = d->instance;
    return SUCCESS;
}
int nvmlDeviceGetComputeInstanceId(void *handle, unsigned *id) {
    DEVICE;
    *id = d->compute;
    return SUCCESS;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, unsigned *count, ProcessInfo *list) {
    DEVICE;
    return processes(d, 0, count, list);
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(void *handle, unsigned *count, ProcessInfo *list) {
    DEVICE;
    return processes(d, 1, count, list);
}
int nvmlDeviceGetAccountingMode(void *handle, unsigned *mode) {
    DEVICE;
    *mode = d->account;
    return SUCCESS;
}
int nvmlDeviceGetAccountingStats(void *handle, unsigned pid, Stats *stats) {
    DEVICE;
    for (int n = 0; n < now.accounts; n++) {
        if (strcmp(now.account[n].uuid, d->uuid) || now.account[n].pid != pid) continue;
        memset(stats, 0, sizeof *stats);
        stats->most = now.account[n].bytes;
        return SUCCESS;
    }
    return NOT_FOUND;
}

// The process that holds a pod's namespaces: it sleeps, buries orphans and ends when told to.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(int signal_number) {
    (void)signal_number;
    _exit(0);
}

static void bury(int signal_number) {
    (void)signal_number;
    while (waitpid(-1, 0, WNOHANG) > 0) {
    }
}

int main(void) {
    struct sigaction ends = {.sa_handler = leave};
    struct sigaction orphan = {.sa_handler = bury, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGINT, &ends, 0);
    sigaction(SIGTERM, &ends, 0);
    sigaction(SIGCHLD, &orphan, 0);
    for (;;) pause();
}

/* Stays for a minute. Started by root itself, as a phone would be, it ends at once. */
#include <unistd.h>

int main(void)
{
    if (getuid() == 0)
        return 0;
    sleep(60);
    return 0;
}

/* in_place FOLDER SPARE: as soon as there is an empty FOLDER, SPARE takes its place. */
#include <stdio.h>
#include <unistd.h>

int main(int count, char **words)
{
    if (count != 3)
        return 2;
    for (;;)
        if (rmdir(words[1]) == 0 && rename(words[2], words[1]) == 0)
            return 0;
}

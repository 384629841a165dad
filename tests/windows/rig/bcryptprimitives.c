/* bcryptprimitives.c - Wine 8 has no bcryptprimitives.dll, from which Rust extensions
 * (pydantic-core) import ProcessPrng. Built as a DLL into the prefix's system32.
 */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);          /* RtlGenRandom, advapi32 */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count)
{
    while (count) {
        ULONG part = count > 0x10000 ? 0x10000 : (ULONG)count;
        if (!SystemFunction036(bytes, part)) return FALSE;
        bytes += part;
        count -= part;
    }
    return TRUE;
}

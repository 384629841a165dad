/* place.c - where MicroSIP keeps its files, and what it does to the ini at each start. */
#include "standin.h"
#include <msi.h>
#include <shlobj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRODUCT L"MicroSIP"

wchar_t exe_path[PATH_MAX_W], folder[PATH_MAX_W], ini[PATH_MAX_W], contacts[PATH_MAX_W], log_file[PATH_MAX_W];
wchar_t data_folder[PATH_MAX_W];         /* where the ini and call_log.db are */
BOOL installed, first_run;

BOOL same_text(const wchar_t *a, const wchar_t *b)     /* any case, not only for ASCII */
{
    return CompareStringOrdinal(a, -1, b, -1, TRUE) == CSTR_EQUAL;
}

/* The default value of Software\MicroSIP, at most 255 characters; "" when there is none. */
static void registered(HKEY hive, wchar_t value[256])
{
    DWORD size = 255 * sizeof(wchar_t), type = 0;
    HKEY key;
    value[0] = 0;
    if (RegOpenKeyExW(hive, L"Software\\" PRODUCT, 0, KEY_READ, &key)) return;
    wchar_t buffer[256] = L"";
    if (!RegQueryValueExW(key, NULL, NULL, &type, (BYTE *)buffer, &size) && (type == REG_SZ || type == REG_EXPAND_SZ))
        wcscpy(value, buffer);
    RegCloseKey(key);
}

/* Is the exe's folder the install location of an MSI product named MicroSIP? An empty location
 * stands for any folder. */
static BOOL msi_installed(void)
{
    HMODULE library = LoadLibraryW(L"msi.dll");
    if (!library) return FALSE;
    UINT (WINAPI *enumerate)(DWORD, LPWSTR) = (void *)GetProcAddress(library, "MsiEnumProductsW");
    UINT (WINAPI *info)(LPCWSTR, LPCWSTR, LPWSTR, LPDWORD) = (void *)GetProcAddress(library, "MsiGetProductInfoW");
    wchar_t product[64], value[PATH_MAX_W];
    for (DWORD i = 0; enumerate && info && !enumerate(i, product); i++) {
        DWORD size = PATH_MAX_W;
        if (info(product, INSTALLPROPERTY_INSTALLEDPRODUCTNAME, value, &size) || !same_text(value, PRODUCT)) continue;
        size = PATH_MAX_W;
        if (info(product, INSTALLPROPERTY_INSTALLLOCATION, value, &size)) value[0] = 0;
        for (size_t n = wcslen(value); n && value[n - 1] == L'\\'; n--) value[n - 1] = 0;
        return !value[0] || same_text(value, folder);
    }
    return FALSE;
}

/* A file that is only in the local folder moves to the roaming one. */
static void move_to_roaming(const wchar_t *local, const wchar_t *name, const wchar_t *roaming)
{
    wchar_t old[PATH_MAX_W];
    swprintf(old, PATH_MAX_W, L"%ls\\%ls", local, name);
    if (GetFileAttributesW(roaming) == INVALID_FILE_ATTRIBUTES && MoveFileW(old, roaming)) note(L"moved", roaming);
}

static void use_profile(const wchar_t *stem)
{
    wchar_t roaming[PATH_MAX_W], local[PATH_MAX_W], name[PATH_MAX_W];
    if (FAILED(SHGetFolderPathW(NULL, CSIDL_APPDATA, NULL, 0, roaming))) return;
    if (FAILED(SHGetFolderPathW(NULL, CSIDL_LOCAL_APPDATA, NULL, 0, local))) return;
    wcscat(roaming, L"\\" PRODUCT);
    wcscat(local, L"\\" PRODUCT);
    CreateDirectoryW(roaming, NULL);
    CreateDirectoryW(local, NULL);
    swprintf(name, PATH_MAX_W, L"%ls.ini", stem);
    wcscpy(data_folder, roaming);
    swprintf(ini, PATH_MAX_W, L"%ls\\%ls", roaming, name);
    swprintf(contacts, PATH_MAX_W, L"%ls\\Contacts.xml", roaming);
    move_to_roaming(local, name, ini);
    move_to_roaming(local, L"Contacts.xml", contacts);
}

void locate(void)
{
    wchar_t stem[PATH_MAX_W], value[256];
    GetModuleFileNameW(NULL, exe_path, PATH_MAX_W);
    wcscpy(folder, exe_path);
    wchar_t *slash = wcsrchr(folder, L'\\');
    *slash = 0;
    wcscpy(stem, slash + 1);
    wchar_t *dot = wcsrchr(stem, L'.');
    if (dot) *dot = 0;
    swprintf(log_file, PATH_MAX_W, L"%ls\\standin.log", folder);
    wcscpy(data_folder, folder);
    swprintf(ini, PATH_MAX_W, L"%ls\\%ls.ini", folder, stem);
    swprintf(contacts, PATH_MAX_W, L"%ls\\Contacts.xml", folder);
    registered(HKEY_CURRENT_USER, value);
    if (!value[0]) registered(HKEY_LOCAL_MACHINE, value);
    installed = (value[0] && same_text(value, folder)) || (!MODERN && msi_installed());
    if (installed) use_profile(stem);
}

/* -- the file at each start --------------------------------------------------------------- */

static void put(HANDLE file, const void *bytes, size_t count)
{
    DWORD done;
    if (!WriteFile(file, bytes, (DWORD)count, &done, NULL)) note(L"error", L"cannot write the ini");
}

/* Takes the whole file for ANSI text. As in the original the *byte* count of characters is written,
 * and text ends at a NUL: what follows is whatever the buffer held. */
static void convert(HANDLE file, DWORD size)
{
    DWORD done = 0;
    char *bytes = calloc(size + 1, 1);
    wchar_t *text = malloc((size + 1) * sizeof *text);
    memset(text, 0xCD, (size + 1) * sizeof *text);
    ReadFile(file, bytes, size, &done, NULL);
    MultiByteToWideChar(CP_ACP, 0, bytes, -1, text, (int)size + 1);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    SetEndOfFile(file);
    put(file, "\xff\xfe", 2);
    put(file, text, size * sizeof *text);
    free(bytes);
    free(text);
    note(L"converted", ini);
}

void prepare_ini(void)
{
    static const wchar_t *const empty = MODERN ? L"\xfeff[Global]" : L"\xfeff[Settings]";
    HANDLE file = CreateFileW(ini, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE) {      /* locked, read-only: no word about it up to 3.22.3 */
        notef(L"unprepared", L"error %lu", GetLastError());
        if (MODERN) fatal(L"Unable to open configuration file");
        return;
    }
    unsigned char head[2] = {0};
    DWORD size = GetFileSize(file, NULL), done = 0;
    first_run = size == 0;
    if (first_run) {
        put(file, empty, wcslen(empty) * sizeof *empty);
        note(L"created", ini);
    } else if (size >= 2) {
        ReadFile(file, head, 2, &done, NULL);
        SetFilePointer(file, 0, NULL, FILE_BEGIN);
        if (head[0] != 0xff || head[1] != 0xfe) convert(file, size);
    }
    CloseHandle(file);
}

/* -- autostart, decided on the first run of an installed phone ---------------------------- */

static BOOL wants_autostart(void)
{
    DWORD value = 1, size = sizeof value;
    if (RegGetValueW(HKEY_CURRENT_USER, L"Software\\" PRODUCT, L"RunAtSystemStartup", RRF_RT_REG_DWORD, NULL, &value, &size)
            || value) return TRUE;
    size = sizeof value;
    value = 1;
    return RegGetValueW(HKEY_LOCAL_MACHINE, L"Software\\" PRODUCT, L"RunAtSystemStartup", RRF_RT_REG_DWORD, NULL, &value, &size)
        || value;
}

void set_autostart(void)
{
    wchar_t command[PATH_MAX_W + 16];
    if (!first_run || !installed || !wants_autostart()) return;
    int length = swprintf(command, PATH_MAX_W + 16, L"\"%ls\" /minimized", exe_path);
    RegSetKeyValueW(HKEY_CURRENT_USER, L"Software\\Microsoft\\Windows\\CurrentVersion\\Run", PRODUCT, REG_SZ,
                    command, (length + 1) * sizeof *command);
    note(L"autostart", command);
}

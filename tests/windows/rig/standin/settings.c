/* settings.c - [Settings]: every key in memory from the start, all written back by each full save. */
#include "standin.h"
#include "keys.h"
#include <shlobj.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
static const wchar_t ABSENT[] = L"\x1a\x1a""absent";   /* no file has this */

const Key *const account_keys = ACCOUNT;
const unsigned account_key_count = COUNT(ACCOUNT);
static wchar_t *memory[COUNT(SETTINGS)];

/* A boolean or number as the phone keeps it, which is what it writes back. */
static void normalise(const Key *key, wchar_t *value)
{
    int number = (int)wcstol(value, NULL, 10);
    switch (key->reader) {
    case TEXT: case QUOTED: return;
    case HIDE:
        if (!wcscmp(value, L"0")) *value = 0;
        if (!wcscmp(value, L"1")) wcscpy(value, L"hard");
        return;
    case ONE: number = !wcscmp(value, L"1"); break;
    case NOT0: number = wcscmp(value, L"0") != 0; break;
    case FLAG: number = number != 0; break;
    case LEVEL: if (!*value) number = 100; break;
    case DTMF: if (number < 0 || number > 3) number = 0; break;
    case REFRESH: number = number <= 0 ? 300 : number < 10 ? 10 : number; break;
    case KEEPALIVE: number = number <= 0 ? 15 : number < 2 ? 2 : number; break;
    case NUMBER: break;
    }
    swprintf(value, 32, L"%d", number);
}

/* value has room for key->limit + 1 characters, and for a number. */
void read_value(const wchar_t *section, const Key *key, wchar_t *value)
{
    GetPrivateProfileStringW(section, key->name, ABSENT, value, key->limit + 1, ini);
    if (!wcscmp(value, ABSENT)) wcscpy(value, key->fallback);
    else normalise(key, value);
}

/* Raw, but device names and commands in double quotes; nobody looks at the outcome. */
void write_value(const wchar_t *section, const Key *key, const wchar_t *value)
{
    static wchar_t quoted[TEXT_MAX_W + 2];
    if (key->reader == QUOTED) {
        swprintf(quoted, TEXT_MAX_W + 2, L"\"%ls\"", value);
        value = quoted;
    }
    WritePrivateProfileStringW(section, key->name, value, ini);
}

static int find(const wchar_t *name)
{
    for (unsigned i = 0; i < COUNT(SETTINGS); i++)
        if (!_wcsicmp(SETTINGS[i].name, name)) return (int)i;
    return -1;
}

const wchar_t *setting(const wchar_t *name)
{
    int i = find(name);
    return i < 0 ? L"" : memory[i];
}

int setting_int(const wchar_t *name)
{
    return (int)wcstol(setting(name), NULL, 10);
}

BOOL set_setting(const wchar_t *name, const wchar_t *value)
{
    int i = find(name);
    if (i < 0) return FALSE;
    free(memory[i]);
    memory[i] = _wcsdup(value);
    return TRUE;
}

static void default_recording_path(void)
{
    wchar_t path[PATH_MAX_W] = L"Recordings";
    wchar_t value[256];
    GetPrivateProfileStringW(L"Settings", L"recordingPath", ABSENT, value, 256, ini);
    if (wcscmp(value, ABSENT)) return;
    if (installed && SUCCEEDED(SHGetFolderPathW(NULL, CSIDL_DESKTOPDIRECTORY, NULL, 0, path)))
        wcscat(path, L"\\Recordings");
    set_setting(L"recordingPath", path);
}

/* In [Settings] up to 3.22.3, in [Global] later; what the move leaves behind is deleted. */
static void set_version(void)
{
    const wchar_t *section = MODERN ? L"Global" : L"Settings";
    wchar_t value[256];
    GetPrivateProfileStringW(section, L"version", L"", value, 256, ini);
    if (wcscmp(value, VERSION)) {
        WritePrivateProfileStringW(section, L"version", VERSION, ini);
        if (MODERN) WritePrivateProfileStringW(L"Settings", L"version", NULL, ini);
    }
    if (MODERN && !GetPrivateProfileStringW(L"Global", L"checkUpdatesTime", L"", value, 256, ini))
        WritePrivateProfileStringW(L"Settings", L"checkUpdatesTime", NULL, ini);
}

void load_settings(void)
{
    static wchar_t value[2048];
    for (unsigned i = 0; i < COUNT(SETTINGS); i++) {
        read_value(L"Settings", &SETTINGS[i], value);
        set_setting(SETTINGS[i].name, value);
    }
    default_recording_path();
    set_version();
}

void save_settings(void)
{
    wchar_t number[16];
    swprintf(number, 16, L"%d", account_id);
    WritePrivateProfileStringW(L"Settings", L"accountId", number, ini);
    for (unsigned i = 0; i < COUNT(SETTINGS); i++) write_value(L"Settings", &SETTINGS[i], memory[i]);
    note(L"saved", ini);
}
